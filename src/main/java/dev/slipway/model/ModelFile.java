package dev.slipway.model;

/**
 * One file of a snapshot.
 *
 * @param path relative, with forward slashes, never leaving the snapshot
 * @param size in bytes
 * @param sha256 64 hexadecimal digits in lower case
 */
public record ModelFile(String path, long size, String sha256) {}
