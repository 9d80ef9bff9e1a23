/** Holds the limits that hosting imposes, each with its source and date. */
@NullMarked
package dev.slipway.catalog;

import org.jspecify.annotations.NullMarked;
