import GRDB

/// The tables, as migrations that only ever grow at the end.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("v1") { database in
      try database.execute(
        sql: """
          CREATE TABLE job (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            state TEXT NOT NULL,
            priority INTEGER NOT NULL,
            submitted_ms INTEGER NOT NULL,
            started_ms INTEGER,
            ended_ms INTEGER,
            items_total INTEGER NOT NULL,
            items_done INTEGER NOT NULL DEFAULT 0,
            items_failed INTEGER NOT NULL DEFAULT 0,
            shard_count INTEGER NOT NULL,
            threads INTEGER NOT NULL,
            output_directory TEXT NOT NULL,
            message TEXT,
            retried_at INTEGER NOT NULL DEFAULT 0
          );
          CREATE INDEX job_by_state ON job(state, priority DESC, sequence);
          CREATE INDEX job_by_name ON job(name);
          CREATE TABLE shard (
            job TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            items_done INTEGER NOT NULL DEFAULT 0,
            items_failed INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (job, number)
          ) WITHOUT ROWID;
          CREATE TABLE attempt (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            job TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
            shard INTEGER NOT NULL,
            number INTEGER NOT NULL,
            started_ms INTEGER NOT NULL,
            ended_ms INTEGER,
            process_id INTEGER,
            process_start_ticks INTEGER,
            boot_id TEXT,
            failure TEXT
          );
          CREATE UNIQUE INDEX attempt_by_shard ON attempt(job, shard, number);
          CREATE TABLE event (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            job TEXT NOT NULL REFERENCES job(id) ON DELETE CASCADE,
            ms INTEGER NOT NULL,
            kind TEXT NOT NULL,
            text TEXT NOT NULL
          );
          CREATE INDEX event_by_job ON event(job, sequence);
          """)
    }
    migrator.registerMigration("v2") { database in
      // What was asked of a job and has not taken effect, and whether it waits for room on a disk.
      try database.execute(
        sql: """
          ALTER TABLE job ADD COLUMN wish TEXT;
          ALTER TABLE job ADD COLUMN waits_for_room INTEGER NOT NULL DEFAULT 0;
          UPDATE job SET waits_for_room = 1 WHERE state = 'paused' AND message LIKE 'the disk of ''%';
          """)
    }
    migrator.registerMigration("v3") { database in
      // A shard to which nothing has happened has no row, and a job that is being forgotten is marked so.
      try database.execute(sql: "DELETE FROM shard WHERE state = 'queued' AND attempts = 0")
    }
    return migrator
  }

  static func configuration(readOnly: Bool) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = readOnly
    configuration.busyMode = .timeout(10)
    configuration.maximumReaderCount = 1
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA cache_size = -2000")
      if !readOnly { try database.execute(sql: "PRAGMA synchronous = FULL") }
    }
    return configuration
  }
}
