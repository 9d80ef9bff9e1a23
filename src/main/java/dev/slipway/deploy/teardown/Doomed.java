package dev.slipway.deploy.teardown;

/**
 * One thing that is there and must go.
 *
 * @param name its own name; of objects a key or a prefix, of images the digest
 * @param place the bucket or repository that it lies in; empty where it lies in none
 * @param detail a scalable target's dimension, an upload's id, a resource's state; may be empty
 */
record Doomed(Sort sort, String name, String place, String detail) {

  static Doomed of(Sort sort, String name) {
    return new Doomed(sort, name, "", "");
  }

  static Doomed of(Sort sort, String name, String detail) {
    return new Doomed(sort, name, "", detail);
  }

  /** Returns the name for people, which is the same while the state changes. */
  String title() {
    return place.isEmpty() ? name : place + "/" + name;
  }

  /** Returns whether both are the same thing, perhaps in another state. */
  boolean same(Doomed other) {
    return sort == other.sort && title().equals(other.title());
  }

  Removal.Deleted deleted() {
    return new Removal.Deleted(sort.type(), title());
  }

  Removal.Left left(String reason, String region) {
    return new Removal.Left(sort.type(), title(), reason, sort.command(this, region));
  }
}
