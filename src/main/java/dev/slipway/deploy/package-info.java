/** Names what a deployment is made of, and says how it is. */
@NullMarked
package dev.slipway.deploy;

import org.jspecify.annotations.NullMarked;
