import CSystemCalls
package import DurableFiles
import Glibc
import JobModel

/// A page of memory that a worker and its supervisor share through a file.
///
/// The worker writes signs of life, counts and what each of its threads is at; the supervisor reads them, also
/// after the worker has died, and raises the cancel flag. Every field is one word that is read and written whole.
// The mapping lives as long as the object, and words are only touched by the atomic calls.
package final class FlightRecorder: @unchecked Sendable {
  /// Threads that can be told apart.
  package static let slotCount = 64

  private static let pageBytes = 4096
  private static let magic: UInt64 = 0x3176_6569_7474_616C

  /// Places of the words in the page.
  private enum Word {
    static let magic = 0
    static let heartbeat = 1
    static let cancel = 2
    static let itemsDone = 3
    static let itemsFailed = 4
    static let itemsSkipped = 5
    static let progressDone = 6
    static let progressTotal = 7
    /// Of a task: the unit's first eight bytes, and progress and time (milliseconds) of its first word.
    static let unit = 8
    static let doneAtStart = 9
    static let startMilliseconds = 10
    /// Of the thread that died: whether it is known that one did, stage + 1, item + 1, whether memory was refused to it
    /// before, the address that it used all the same.
    static let crash = 11
    /// Two words a slot: stage + 1, item + 1; 0 stands for none.
    static let slots = 64
  }

  private let words: UnsafeMutablePointer<UInt64>

  private init(_ file: OpenFile, _ access: Int32 = PROT_READ | PROT_WRITE) throws(FileError) {
    let memory = mmap(nil, Self.pageBytes, access, MAP_SHARED, file.descriptor, 0)
    guard let memory, memory != MAP_FAILED else { throw FileError("map", file.path, errno) }
    words = memory.assumingMemoryBound(to: UInt64.self)
  }

  deinit { munmap(words, Self.pageBytes) }

  /// Makes an empty page, replacing one that is there.
  package static func create(at path: String) throws(FileError) -> FlightRecorder {
    let file = try OpenFile(path, O_RDWR | O_CREAT | O_TRUNC)
    // Reserved, not only sized: writing to a mapped page that the disk has no room for would end the process.
    let code = posix_fallocate(file.descriptor, 0, off_t(pageBytes))
    guard code == 0 else { throw FileError("reserve room for", path, code) }
    let recorder = try FlightRecorder(file)
    recorder.store(Word.magic, magic)
    return recorder
  }

  /// Opens a page that is there.
  ///
  /// - Throws: ``FileError``; `EINVAL` when the file is no such page.
  package static func open(at path: String) throws(FileError) -> FlightRecorder {
    let file = try OpenFile(path, O_RDWR)
    guard let status = Files.status(path, followingLinks: true), status.size == pageBytes else {
      throw FileError("map", path, EINVAL)
    }
    let recorder = try FlightRecorder(file)
    guard recorder.load(Word.magic) == magic else { throw FileError("map", path, EINVAL) }
    return recorder
  }

  /// What a page shows now, also to a user who may not write to it.
  ///
  /// - Throws: ``FileError``; `EINVAL` when the file is no such page.
  package static func look(at path: String) throws(FileError) -> FlightSnapshot {
    let file = try OpenFile(reading: path)
    guard try Files.status(of: file).size == pageBytes else {
      throw FileError("map", path, EINVAL)
    }
    let recorder = try FlightRecorder(file, PROT_READ)
    guard recorder.load(Word.magic) == magic else { throw FileError("map", path, EINVAL) }
    return recorder.snapshot()
  }

  /// Shows that the worker is alive.
  package func beat() { lattice_word_add(words + Word.heartbeat, 1) }

  package func setCounts(done: Int, failed: Int, skipped: Int) {
    store(Word.itemsDone, UInt64(done))
    store(Word.itemsFailed, UInt64(failed))
    store(Word.itemsSkipped, UInt64(skipped))
    beat()
  }

  package func setStageProgress(done: Int, total: Int) {
    store(Word.progressDone, UInt64(max(0, done)))
    store(Word.progressTotal, UInt64(max(0, total)))
    beat()
  }

  /// A task tells how far it is, the first time also where it starts from.
  package func setTaskProgress(done: Int, total: Int, unit: String, at milliseconds: Int) {
    if load(Word.startMilliseconds) == 0 {
      let bytes = unit.utf8.prefix(8).reversed()
      store(Word.unit, bytes.reduce(0) { $0 << 8 | UInt64($1) })
      store(Word.doneAtStart, UInt64(max(0, done)))
      store(Word.startMilliseconds, UInt64(max(1, milliseconds)))
    }
    setStageProgress(done: done, total: total)
  }

  /// Thread `slot` is inside a stage, at an item if it has named one.
  package func enter(slot: Int, stage: Int, item: Int?) {
    guard (0..<Self.slotCount).contains(slot) else { return }
    store(Word.slots + 2 * slot + 1, UInt64((item ?? -1) + 1))
    store(Word.slots + 2 * slot, UInt64(stage + 1))
    beat()
  }

  /// Notes from now on which thread it is that this process dies of, and what it was at.
  ///
  /// - Parameter isAlone: Whether one stage works at a time, so that it is to blame for threads of its own too.
  package func watchCrashes(isAlone: Bool) {
    // A signal may come at any time: the page stays mapped for as long as the process lives.
    _ = Unmanaged.passRetained(self)
    lattice_watch_crashes(
      words + Word.crash, words + Word.slots, UInt64(Self.slotCount), isAlone ? 1 : 0)
  }

  /// What thread `slot` is at; nil when it is inside no stage.
  package func activity(slot: Int) -> FlightSnapshot.Activity? {
    guard (0..<Self.slotCount).contains(slot) else { return nil }
    return activity(Word.slots + 2 * slot)
  }

  private func activity(_ word: Int) -> FlightSnapshot.Activity? {
    let stage = Int(clamping: load(word))
    let item = Int(clamping: load(word + 1))
    guard stage > 0 else { return nil }
    return FlightSnapshot.Activity(stageIndex: stage - 1, itemNumber: item > 0 ? item - 1 : nil)
  }

  /// Thread `slot` is again at what it was at before.
  package func resume(slot: Int, _ earlier: FlightSnapshot.Activity?) {
    guard let earlier else { return leave(slot: slot) }
    enter(slot: slot, stage: earlier.stageIndex, item: earlier.itemNumber)
  }

  /// Threads of a stage's own are inside it no longer, once its call with these items is over.
  package func leaveAll(ofStage stage: Int, items: some Sequence<Int>, except own: Int) {
    let items = Set(items)
    for slot in 0..<Self.slotCount where slot != own {
      guard let at = activity(slot: slot), at.stageIndex == stage, let item = at.itemNumber,
        items.contains(item)
      else { continue }
      leave(slot: slot)
    }
  }

  /// Thread `slot` is inside no stage.
  package func leave(slot: Int) {
    guard (0..<Self.slotCount).contains(slot) else { return }
    store(Word.slots + 2 * slot, 0)
    store(Word.slots + 2 * slot + 1, 0)
    beat()
  }

  /// Asks the worker to stop soon.
  package func requestCancel() { store(Word.cancel, 1) }

  package var isCancelRequested: Bool { load(Word.cancel) != 0 }

  package func snapshot() -> FlightSnapshot {
    var snapshot = FlightSnapshot()
    snapshot.heartbeat = load(Word.heartbeat)
    snapshot.itemsDone = Int(clamping: load(Word.itemsDone))
    snapshot.itemsFailed = Int(clamping: load(Word.itemsFailed))
    snapshot.itemsSkipped = Int(clamping: load(Word.itemsSkipped))
    snapshot.progressDone = Int(clamping: load(Word.progressDone))
    snapshot.progressTotal = Int(clamping: load(Word.progressTotal))
    snapshot.task = taskProgress
    snapshot.active = (0..<Self.slotCount).compactMap { activity(slot: $0) }
    if load(Word.crash) != 0 {
      snapshot.crash = FlightSnapshot.Crash(
        at: activity(Word.crash + 1),
        addressAfterRefusal: load(Word.crash + 3) != 0 ? load(Word.crash + 4) : nil)
    }
    return snapshot
  }

  private var taskProgress: TaskProgress? {
    let start = Int(clamping: load(Word.startMilliseconds))
    guard start > 0 else { return nil }
    let word = load(Word.unit)
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }.prefix { $0 != 0 }
    return TaskProgress(
      done: Int(clamping: load(Word.progressDone)), total: Int(clamping: load(Word.progressTotal)),
      unit: String(decoding: bytes, as: UTF8.self),
      doneAtStart: Int(clamping: load(Word.doneAtStart)), startMilliseconds: start)
  }

  private func load(_ word: Int) -> UInt64 { lattice_word_load(words + word) }

  private func store(_ word: Int, _ value: UInt64) { lattice_word_store(words + word, value) }
}
