/** Resolves model sources that are files or speak plain HTTP: file: and hf://. */
@NullMarked
package dev.slipway.hub;

import org.jspecify.annotations.NullMarked;
