package dev.slipway.inference;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a value when it is first asked for, once; a failed try is tried again. Thread-safe. */
final class Once<T> implements Supplier<T> {

  private final Supplier<T> maker;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable T value;

  Once(Supplier<T> maker) {
    this.maker = maker;
  }

  @Override
  public T get() {
    T made = value;
    if (made != null) {
      return made;
    }
    lock.lock();
    try {
      made = value;
      if (made == null) {
        made = maker.get();
        value = made;
      }
      return made;
    } finally {
      lock.unlock();
    }
  }
}
