import Glibc

/// A file descriptor that is closed when its owner goes.
final class Descriptor {
  let number: Int32

  /// Takes over a descriptor that nobody else closes.
  init(owning number: Int32) { self.number = number }

  deinit { close(number) }
}
