/** Takes deployments away, and proves that nothing is left; finds what nobody owns any more. */
@NullMarked
package dev.slipway.deploy.teardown;

import org.jspecify.annotations.NullMarked;
