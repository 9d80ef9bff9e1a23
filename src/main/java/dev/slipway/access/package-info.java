/** Tells who a caller is: by an API key that Slipway made, or by a token of an OpenID issuer. */
@org.jspecify.annotations.NullMarked
package dev.slipway.access;
