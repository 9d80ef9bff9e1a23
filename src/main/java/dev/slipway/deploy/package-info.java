/**
 * Makes deployments run, says how they are, and takes them away; declares what it asks of a cloud.
 */
@NullMarked
package dev.slipway.deploy;

import org.jspecify.annotations.NullMarked;
