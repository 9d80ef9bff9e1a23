/** Chooses which files of a registry's listing are the model, and reads what they say of it. */
@NullMarked
package dev.slipway.model.choice;

import org.jspecify.annotations.NullMarked;
