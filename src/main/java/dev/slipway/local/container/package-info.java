/** Plays the model container in a process of its own: /ping and /invocations over llama.cpp. */
@NullMarked
package dev.slipway.local.container;

import org.jspecify.annotations.NullMarked;
