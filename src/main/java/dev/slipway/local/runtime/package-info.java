/** Speaks the SageMaker Runtime API on loopback, in front of local endpoints. */
@NullMarked
package dev.slipway.local.runtime;

import org.jspecify.annotations.NullMarked;
