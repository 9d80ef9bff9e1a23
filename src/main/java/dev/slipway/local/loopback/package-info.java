/** Gives the servers of this machine what they share: a listener on loopback, a private folder. */
@NullMarked
package dev.slipway.local.loopback;

import org.jspecify.annotations.NullMarked;
