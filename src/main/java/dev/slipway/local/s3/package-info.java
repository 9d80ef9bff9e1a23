/** Stores objects on loopback behind the part of the S3 API that asynchronous inference needs. */
@NullMarked
package dev.slipway.local.s3;

import org.jspecify.annotations.NullMarked;
