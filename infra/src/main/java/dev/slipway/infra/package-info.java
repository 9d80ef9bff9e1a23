/** Declares a deployment's AWS resources as a CDK app. */
@NullMarked
package dev.slipway.infra;

import org.jspecify.annotations.NullMarked;
