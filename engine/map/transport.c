/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/transport.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#define MOST SAC_TRANSPORT_PLACES_MAX

/* Less than this of a mass of about 1 is rounding. */
#define NOTHING 1e-12

/* Places with too much on the left, with too little on the right. */
typedef struct {
  size_t left_count, right_count;
  size_t left[MOST], right[MOST];
  double excess[MOST], need[MOST];
  double cost[MOST][MOST]; /* left, right */
  double flow[MOST][MOST];
  uint64_t senders[MOST]; /* right: of a bit for each left with a flow */
  double left_price[MOST], right_price[MOST];
} Transport;

G_STATIC_ASSERT (MOST <= 64);

static void
set_up (Transport *transport,
        const double *from,
        const double *to,
        const double *distances,
        size_t count)
{
  transport->left_count = transport->right_count = 0;
  for (size_t i = 0; i < count; i++) {
    double excess = from[i] - to[i];

    if (excess > NOTHING) {
      transport->excess[transport->left_count] = excess;
      transport->left[transport->left_count++] = i;
    } else if (excess < -NOTHING) {
      transport->need[transport->right_count] = -excess;
      transport->senders[transport->right_count] = 0;
      transport->right[transport->right_count++] = i;
    }
  }
  for (size_t i = 0; i < transport->left_count; i++) {
    for (size_t k = 0; k < transport->right_count; k++) {
      transport->cost[i][k] =
        distances[transport->left[i] * count + transport->right[k]];
      transport->flow[i][k] = 0;
    }
  }
}

/* The highest prices that leave no reduced cost below zero: first of the right
 * places, then of the left ones. */
static void
set_first_prices (Transport *transport)
{
  for (size_t k = 0; k < transport->right_count; k++) {
    transport->right_price[k] = INFINITY;
    for (size_t i = 0; i < transport->left_count; i++)
      transport->right_price[k] =
        fmin (transport->right_price[k], transport->cost[i][k]);
  }
  for (size_t i = 0; i < transport->left_count; i++) {
    transport->left_price[i] = INFINITY;
    for (size_t k = 0; k < transport->right_count; k++)
      transport->left_price[i] =
        fmin (transport->left_price[i],
              transport->cost[i][k] - transport->right_price[k]);
  }
}

/* What can go for nothing beyond the prices goes at once. */
static void
send_tight (Transport *transport)
{
  for (size_t i = 0; i < transport->left_count; i++) {
    for (size_t k = 0; k < transport->right_count; k++) {
      double amount = fmin (transport->excess[i], transport->need[k]);

      if (amount <= NOTHING || transport->cost[i][k] -
                                   transport->left_price[i] -
                                   transport->right_price[k] >
                                 NOTHING)
        continue;
      transport->flow[i][k] = amount;
      transport->senders[k] |= G_GUINT64_CONSTANT (1) << i;
      transport->excess[i] -= amount;
      transport->need[k] -= amount;
    }
  }
}

/* A search for the cheapest way from one place on the left to a place on the
 * right that still needs something, back over what has been sent. */
typedef struct {
  double distance[MOST];        /* to each on the right */
  double open[MOST];            /* the same, infinite where settled */
  double bound[MOST];           /* the same, nothing is less where settled */
  uint64_t from[MOST];          /* the left place before it */
  uint64_t reached;             /* of a bit for each on the left */
  double left_distance[MOST];   /* where reached */
  size_t left_from[MOST];       /* the right place before it */
  size_t settled[MOST], length; /* right, in turn */
} Search;

static void
reach (const Transport *transport, Search *search, size_t left, double distance)
{
  const double *cost = transport->cost[left];
  double start = distance - transport->left_price[left];

  search->reached |= G_GUINT64_CONSTANT (1) << left;
  search->left_distance[left] = distance;
  for (size_t k = 0; k < transport->right_count; k++) {
    double through = start + cost[k] - transport->right_price[k];
    bool nearer = through < search->bound[k];

    search->from[k] = nearer ? left : search->from[k];
    search->distance[k] = nearer ? through : search->distance[k];
    search->open[k] = nearer ? through : search->open[k];
    search->bound[k] = nearer ? through : search->bound[k];
  }
}

static size_t
find_nearest (const Transport *transport, const Search *search)
{
  size_t nearest = MOST;
  double least = INFINITY;

  for (size_t k = 0; k < transport->right_count; k++) {
    if (search->open[k] < least) {
      least = search->open[k];
      nearest = k;
    }
  }
  return nearest;
}

/* Returns: the right place that is reached; MOST when nothing is needed. */
static size_t
find_way (const Transport *transport, Search *search, size_t start)
{
  search->length = 0;
  search->reached = 0;
  for (size_t k = 0; k < transport->right_count; k++)
    search->distance[k] = search->open[k] = search->bound[k] = INFINITY;
  reach (transport, search, start, 0);
  for (;;) {
    size_t nearest = find_nearest (transport, search);

    if (nearest == MOST || transport->need[nearest] > NOTHING)
      return nearest;
    search->settled[search->length++] = nearest;
    search->open[nearest] = INFINITY;
    search->bound[nearest] = -INFINITY;
    for (uint64_t senders = transport->senders[nearest] & ~search->reached;
         senders != 0; senders &= senders - 1) {
      size_t left = (size_t)__builtin_ctzll (senders);

      search->left_from[left] = nearest;
      reach (transport, search, left, search->distance[nearest]);
    }
  }
}

/* Keeps every reduced cost at least zero, and zero along the way. */
static void
set_prices (Transport *transport, const Search *search, double length)
{
  for (uint64_t reached = search->reached; reached != 0;
       reached &= reached - 1) {
    size_t left = (size_t)__builtin_ctzll (reached);

    transport->left_price[left] += length - search->left_distance[left];
  }
  for (size_t i = 0; i < search->length; i++) {
    size_t right = search->settled[i];

    transport->right_price[right] -= length - search->distance[right];
  }
}

static double
find_least (const Transport *transport,
            const Search *search,
            size_t start,
            size_t end)
{
  double least = fmin (transport->excess[start], transport->need[end]);

  for (size_t right = end;;) {
    size_t left = search->from[right];

    if (left == start)
      return least;
    right = search->left_from[left];
    least = fmin (least, transport->flow[left][right]);
  }
}

static void
send (Transport *transport, const Search *search, size_t start, size_t end)
{
  double amount = find_least (transport, search, start, end);

  transport->excess[start] -= amount;
  transport->need[end] -= amount;
  for (size_t right = end;;) {
    size_t left = search->from[right];

    transport->flow[left][right] += amount;
    transport->senders[right] |= G_GUINT64_CONSTANT (1) << left;
    if (left == start)
      return;
    right = search->left_from[left];
    transport->flow[left][right] -= amount;
    if (transport->flow[left][right] > NOTHING)
      continue;
    transport->flow[left][right] = 0;
    transport->senders[right] &= ~(G_GUINT64_CONSTANT (1) << left);
  }
}

static double
sum_work (const Transport *transport)
{
  double work = 0;

  for (size_t i = 0; i < transport->left_count; i++) {
    for (size_t k = 0; k < transport->right_count; k++)
      work += transport->flow[i][k] * transport->cost[i][k];
  }
  return work;
}

double
sac_transport_cost (const double *from,
                    const double *to,
                    const double *distances,
                    size_t count)
{
  Transport transport;
  Search search;

  g_assert (count <= MOST);
  set_up (&transport, from, to, distances, count);
  set_first_prices (&transport);
  send_tight (&transport);
  for (size_t left = 0; left < transport.left_count; left++) {
    while (transport.excess[left] > NOTHING) {
      size_t end = find_way (&transport, &search, left);

      if (end == MOST)
        break;
      set_prices (&transport, &search, search.distance[end]);
      send (&transport, &search, left, end);
    }
  }
  return sum_work (&transport);
}
