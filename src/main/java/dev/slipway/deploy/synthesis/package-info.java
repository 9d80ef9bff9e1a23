/** Makes a deployment's templates by running the CDK app in a short child process. */
@NullMarked
package dev.slipway.deploy.synthesis;

import org.jspecify.annotations.NullMarked;
