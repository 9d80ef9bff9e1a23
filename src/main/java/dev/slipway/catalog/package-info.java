/**
 * Holds what hosting offers and where it ends: instance types, prices, serving images, limits, each
 * with its source and date.
 */
@NullMarked
package dev.slipway.catalog;

import org.jspecify.annotations.NullMarked;
