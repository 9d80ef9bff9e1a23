/** Tests of taking deployments away. */
@NullMarked
package dev.slipway.deploy.teardown;

import org.jspecify.annotations.NullMarked;
