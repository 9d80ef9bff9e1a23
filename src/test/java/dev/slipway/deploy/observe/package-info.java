/** Tests of looking at deployments. */
@NullMarked
package dev.slipway.deploy.observe;

import org.jspecify.annotations.NullMarked;
