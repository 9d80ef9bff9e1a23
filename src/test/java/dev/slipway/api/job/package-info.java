/** Tests of jobs. */
@NullMarked
package dev.slipway.api.job;

import org.jspecify.annotations.NullMarked;
