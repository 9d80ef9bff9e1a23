/** Says how a deployment in the cloud is, and what its containers write. */
@NullMarked
package dev.slipway.deploy.observe;

import org.jspecify.annotations.NullMarked;
