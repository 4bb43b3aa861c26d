/// Faults of limits, whose values carry units.
extension Fault {
  static let ofUnit: [Fault] = [
    Fault.appended(
      "memoryWithoutUnit",
      "limits: { memory: 8 }",
      says: """
        spec.yaml:5:19: error[E029]: 'limits.memory' is the bare number 8; a size needs its unit, like 8GiB
            5 | limits: { memory: 8 }
              |                   ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "memoryFractionWithoutUnit",
      "limits: { memory: 1.5 }",
      says: """
        spec.yaml:5:19: error[E029]: 'limits.memory' is the bare number 1.5; a size needs its unit, like 1.5GiB
            5 | limits: { memory: 1.5 }
              |                   ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "memoryAsQuotedNumber",
      """
      limits: { memory: "8" }
      """,
      says: """
        spec.yaml:5:19: error[E029]: 'limits.memory' is '8'; a size needs its unit, like 8GiB
            5 | limits: { memory: "8" }
              |                   ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "memoryInUnknownUnit",
      "limits: { memory: 8gigs }",
      says: """
        spec.yaml:5:19: error[E030]: 'limits.memory' is '8gigs', which is not a size; write one like 8GiB or 512MiB
            5 | limits: { memory: 8gigs }
              |                   ^~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "memoryAsBoolean",
      "limits: { memory: true }",
      says: """
        spec.yaml:5:19: error[E023]: 'limits.memory' must be a size such as 8GiB, not the boolean true; write one instead
            5 | limits: { memory: true }
              |                   ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "memoryNone",
      "limits: { memory: 0MiB }",
      says: """
        spec.yaml:5:19: error[E028]: 'limits.memory' is 0MiB; it must be from 1MiB to 1024TiB
            5 | limits: { memory: 0MiB }
              |                   ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "timeWithoutUnit",
      "limits: { time: 90 }",
      says: """
        spec.yaml:5:17: error[E031]: 'limits.time' is the bare number 90; a length of time needs its unit, like 90s
            5 | limits: { time: 90 }
              |                 ^~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "timeInUnknownUnit",
      "limits: { time: 1.5.2h }",
      says: """
        spec.yaml:5:17: error[E032]: 'limits.time' is '1.5.2h', which is not a length of time; write one like 10s, 5m or 6h
            5 | limits: { time: 1.5.2h }
              |                 ^~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "timeNegative",
      "limits: { time: -5m }",
      says: """
        spec.yaml:5:17: error[E032]: 'limits.time' is '-5m', which is not a length of time; write one like 10s, 5m or 6h
            5 | limits: { time: -5m }
              |                 ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "stallNone",
      "limits: { stall: 0s }",
      says: """
        spec.yaml:5:18: error[E028]: 'limits.stall' is 0s; it must be from 1ms to 365d
            5 | limits: { stall: 0s }
              |                  ^~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "timeWithoutEnd",
      "limits: { time: 99999999999999999999999999d }",
      says: """
        spec.yaml:5:17: error[E028]: 'limits.time' is 99999999999999999999999999d; it must be from 1ms to 365d
            5 | limits: { time: 99999999999999999999999999d }
              |                 ^~~~~~~~~~~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "stallWithoutEnd",
      "limits: { stall: 366d }",
      says: """
        spec.yaml:5:18: error[E028]: 'limits.stall' is 366d; it must be from 1ms to 365d
            5 | limits: { stall: 366d }
              |                  ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "memoryWithoutEnd",
      "limits: { memory: 9999999999TiB }",
      says: """
        spec.yaml:5:19: error[E028]: 'limits.memory' is 9999999999TiB; it must be from 1MiB to 1024TiB
            5 | limits: { memory: 9999999999TiB }
              |                   ^~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "backoffWithoutEnd",
      "retry: { backoff: 1s..99999999999999999999999999d }",
      says: """
        spec.yaml:5:19: error[E028]: 'retry.backoff' is 1s..99999999999999999999999999d; it must be from 0s to 365d
            5 | retry: { backoff: 1s..99999999999999999999999999d }
              |                   ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "failuresWithoutEnd",
      "errors: { max_failed_items: 1000000001 }",
      says: """
        spec.yaml:5:29: error[E028]: 'errors.max_failed_items' is 1000000001; it must be from 0 to 1000000000
            5 | errors: { max_failed_items: 1000000001 }
              |                             ^~~~~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "cpusTooMany",
      "limits: { cpus: 5000 }",
      says: """
        spec.yaml:5:17: error[E028]: 'limits.cpus' is 5000; it must be from 1 to 1024
            5 | limits: { cpus: 5000 }
              |                 ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "batchFraction",
      "limits: { batch: 1.5 }",
      says: """
        spec.yaml:5:18: error[E023]: 'limits.batch' must be a whole number, not the number 1.5; write it without a point or exponent
            5 | limits: { batch: 1.5 }
              |                  ^~~
        1 error, 0 warnings: not queued.
        """),
  ]
}
