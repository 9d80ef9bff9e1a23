/** Tests of the mirror, and the bucket in memory that other tests use too. */
@NullMarked
package dev.slipway.model.mirror;

import org.jspecify.annotations.NullMarked;
