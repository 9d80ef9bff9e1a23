package dev.slipway.api;

import java.util.Optional;

/**
 * Who sent a request.
 *
 * @param name a key's or an address's, for the books; never the key
 * @param tenant whose passages the caller may see; absent where it has none
 */
record Caller(String name, Optional<String> tenant) {}
