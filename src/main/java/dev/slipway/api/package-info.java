/** Serves the business layer over HTTP: routes, JSON, OpenAPI, limits. */
@NullMarked
package dev.slipway.api;

import org.jspecify.annotations.NullMarked;
