/// Faults of retries and allowances.
extension Fault {
  static let ofRetry: [Fault] = [
    Fault.appended(
      "attemptsNone",
      "retry: { attempts: 0 }",
      says: """
        spec.yaml:5:20: error[E028]: 'retry.attempts' is 0; it must be from 1 to 100
            5 | retry: { attempts: 0 }
              |                    ^
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "backoffOfOnePause",
      "retry: { backoff: 10s }",
      says: """
        spec.yaml:5:19: error[E033]: 'retry.backoff' is '10s'; write the first and the longest pause, like 10s..5m
            5 | retry: { backoff: 10s }
              |                   ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "backoffWithoutUnits",
      "retry: { backoff: 10..300 }",
      says: """
        spec.yaml:5:19: error[E033]: 'retry.backoff' is '10..300'; write the first and the longest pause, like 10s..5m
            5 | retry: { backoff: 10..300 }
              |                   ^~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "backoffBackwards",
      "retry: { backoff: 5m..10s }",
      says: """
        spec.yaml:5:19: error[E034]: 'retry.backoff' starts with 5m, longer than its longest pause 10s; write '10s..5m'
            5 | retry: { backoff: 5m..10s }
              |                   ^~~~~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "backoffAsNumber",
      "retry: { backoff: 10 }",
      says: """
        spec.yaml:5:19: error[E023]: 'retry.backoff' must be two pauses such as 10s..5m, not the number 10; write one instead
            5 | retry: { backoff: 10 }
              |                   ^~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "allowanceAsText",
      "errors: { max_failed_items: few }",
      says: """
        spec.yaml:5:29: error[E035]: 'errors.max_failed_items' is 'few'; write a whole number of items, or a share such as 1%
            5 | errors: { max_failed_items: few }
              |                             ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "allowanceAsARatio",
      "errors: { max_failed_items: 0.05 }",
      says: """
        spec.yaml:5:29: error[E035]: 'errors.max_failed_items' is 0.05; write a whole number of items, or a share such as 5%
            5 | errors: { max_failed_items: 0.05 }
              |                             ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "allowanceAsABareShare",
      "errors: { max_failed_items: 2.5 }",
      says: """
        spec.yaml:5:29: error[E035]: 'errors.max_failed_items' is 2.5; write a whole number of items, or a share such as 2.5%
            5 | errors: { max_failed_items: 2.5 }
              |                             ^~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "allowanceOverAll",
      "errors: { max_failed_items: 120% }",
      says: """
        spec.yaml:5:29: error[E036]: 'errors.max_failed_items' is 120%; it must be from 0% to 100%
            5 | errors: { max_failed_items: 120% }
              |                             ^~~~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "allowanceNegative",
      "errors: { max_failed_items: -1 }",
      says: """
        spec.yaml:5:29: error[E028]: 'errors.max_failed_items' is -1; it must be from 0 to 1000000000
            5 | errors: { max_failed_items: -1 }
              |                             ^~
        1 error, 0 warnings: not queued.
        """),
    Fault.appended(
      "allowanceAsFraction",
      "errors: { max_failed_items: 0.01 }",
      says: """
        spec.yaml:5:29: error[E035]: 'errors.max_failed_items' is 0.01; write a whole number of items, or a share such as 1%
            5 | errors: { max_failed_items: 0.01 }
              |                             ^~~~
        1 error, 0 warnings: not queued.
        """),
  ]
}
