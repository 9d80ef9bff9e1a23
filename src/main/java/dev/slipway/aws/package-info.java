/** Implements ports with the AWS SDK; nothing else uses it. */
@NullMarked
package dev.slipway.aws;

import org.jspecify.annotations.NullMarked;
