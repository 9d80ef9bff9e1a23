package dev.slipway.image;

/**
 * An image that was built.
 *
 * @param digest {@code sha256:...} of its manifest: what a registry finds it by
 * @param name the reference or the file that it was put at
 */
public record BuiltImage(String digest, String name) {}
