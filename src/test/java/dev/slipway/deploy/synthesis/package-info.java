/** Tests how templates are made in a child process. */
@NullMarked
package dev.slipway.deploy.synthesis;

import org.jspecify.annotations.NullMarked;
