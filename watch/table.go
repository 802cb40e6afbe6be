package watch

// Kind is how a metric moves.
type Kind string

const (
	Counter   Kind = "counter"   // rises only
	Gauge     Kind = "gauge"     // goes up and down
	Histogram Kind = "histogram" // counts by size
)

// Metric is one metric as it is documented. Those of the Go runtime and the
// process (go_…, process_…) come besides, as Prometheus' library names them.
type Metric struct {
	Name   string
	Kind   Kind
	Labels []string
	Help   string
}

// Metrics are all of Hearth's own.
func Metrics() []Metric {
	list := []Metric{commitSeconds, commitWrites}
	for i := range table {
		list = append(list, table[i].Metric)
	}
	return list
}

// entry is a metric and how it is read from the state.
type entry struct {
	Metric
	read func(s *State, emit func(value float64, labels ...string))
}

var commitSeconds = Metric{"hearth_commit_seconds", Histogram, []string{"database"}, "How long writes took to become durable, by database."}

var commitWrites = Metric{"hearth_commit_writes", Histogram, []string{"database"}, "How many writes shared a commit, by database: the size of batches."}

var bySource = []string{"workspace", "source", "network"}

// perSource reads a number of each source.
func perSource(number func(*Source) float64) func(*State, func(float64, ...string)) {
	return func(s *State, emit func(float64, ...string)) {
		for i := range s.Sources {
			src := &s.Sources[i]
			emit(number(src), src.Workspace, src.ID, src.Network)
		}
	}
}

// ofDelivering reads a number of each source that takes deliveries.
func ofDelivering(number func(*Source) float64) func(*State, func(float64, ...string)) {
	return func(s *State, emit func(float64, ...string)) {
		for i := range s.Sources {
			if src := &s.Sources[i]; src.Delivers {
				emit(number(src), src.Workspace, src.ID, src.Network)
			}
		}
	}
}

// perReplay reads a number of each workspace's replay window.
func perReplay(number func(*Replay) float64) func(*State, func(float64, ...string)) {
	return func(s *State, emit func(float64, ...string)) {
		for i := range s.Replay {
			emit(number(&s.Replay[i]), s.Replay[i].Workspace)
		}
	}
}

// one reads a single number.
func one(number func(*State) float64) func(*State, func(float64, ...string)) {
	return func(s *State, emit func(float64, ...string)) { emit(number(s)) }
}

// table is all metrics that are read from the state.
var table = []entry{
	{Metric{"hearth_info", Gauge, []string{"version"}, "Always 1; the label is the version."},
		func(s *State, emit func(float64, ...string)) { emit(1, s.Version) }},
	{Metric{"hearth_ready", Gauge, nil, "1 if the server is ready for work, as /readyz says."},
		one(func(s *State) float64 {
			if s.Ready {
				return 1
			}
			return 0
		})},

	{Metric{"hearth_source_state", Gauge, []string{"workspace", "source", "network", "state"}, "1 for the state a source is in."},
		func(s *State, emit func(float64, ...string)) {
			for _, src := range s.Sources {
				emit(1, src.Workspace, src.ID, src.Network, src.State)
			}
		}},
	{Metric{"hearth_source_records_total", Counter, bySource, "Records read, those without a post included."},
		perSource(func(s *Source) float64 { return float64(s.Records) })},
	{Metric{"hearth_source_events_total", Counter, bySource, "Things that happened to posts and authors."},
		perSource(func(s *Source) float64 { return float64(s.Events) })},
	{Metric{"hearth_source_matched_total", Counter, bySource, "Events that a monitor wanted."},
		perSource(func(s *Source) float64 { return float64(s.Matched) })},
	{Metric{"hearth_source_stored_total", Counter, bySource, "New rows of the log."},
		perSource(func(s *Source) float64 { return float64(s.Stored) })},
	{Metric{"hearth_source_duplicates_total", Counter, bySource, "Events that were stored before."},
		perSource(func(s *Source) float64 { return float64(s.Duplicates) })},
	{Metric{"hearth_source_unwanted_total", Counter, bySource, "Posts that no monitor wanted."},
		perSource(func(s *Source) float64 { return float64(s.Unwanted) })},
	{Metric{"hearth_source_unreadable_total", Counter, bySource, "Records that became dead letters."},
		perSource(func(s *Source) float64 { return float64(s.Unreadable) })},
	{Metric{"hearth_source_gaps_total", Counter, bySource, "Stretches of the stream that cannot be had again."},
		perSource(func(s *Source) float64 { return float64(s.Gaps) })},
	{Metric{"hearth_source_age_seconds", Gauge, bySource, "Age of the newest event read; absent before the first."},
		func(s *State, emit func(float64, ...string)) {
			for _, src := range s.Sources {
				if src.Age >= 0 {
					emit(src.Age.Seconds(), src.Workspace, src.ID, src.Network)
				}
			}
		}},
	{Metric{"hearth_deliveries_total", Counter, bySource, "Requests taken from networks that send by themselves."},
		ofDelivering(func(s *Source) float64 { return float64(s.Delivered) })},
	{Metric{"hearth_deliveries_waiting", Gauge, bySource, "Of these, those that are not read yet."},
		ofDelivering(func(s *Source) float64 { return float64(s.Waiting) })},
	{Metric{"hearth_dead_letters", Gauge, nil, "Records that could not be read and are kept."},
		one(func(s *State) float64 { return float64(s.DeadLetters) })},
	{Metric{"hearth_jobs_dead", Gauge, nil, "Jobs that failed for good."},
		one(func(s *State) float64 { return float64(s.DeadJobs) })},
	{Metric{"hearth_backup_age_seconds", Gauge, []string{"workspace", "schedule"}, "Age of the last good backup of a schedule; absent before the first."},
		func(s *State, emit func(float64, ...string)) {
			for _, b := range s.Backups {
				if b.Age >= 0 {
					emit(b.Age.Seconds(), b.Workspace, b.Schedule)
				}
			}
		}},

	{Metric{"hearth_match_queries", Gauge, nil, "Queries that every post is matched against."},
		one(func(s *State) float64 { return float64(s.Queries) })},
	{Metric{"hearth_archive_rows_total", Counter, nil, "Rows appended to the log since its beginning."},
		one(func(s *State) float64 { return float64(s.Rows) })},
	{Metric{"hearth_index_bytes", Gauge, nil, "Size of the token index within the archive; absent where it is not known."},
		func(s *State, emit func(float64, ...string)) {
			if s.Index >= 0 {
				emit(float64(s.Index))
			}
		}},
	{Metric{"hearth_replay_posts", Gauge, []string{"workspace"}, "Posts in the replay window; absent where there is none."},
		perReplay(func(r *Replay) float64 { return float64(r.Posts) })},
	{Metric{"hearth_replay_bytes", Gauge, []string{"workspace"}, "What they take of the disk."},
		perReplay(func(r *Replay) float64 { return float64(r.Bytes) })},
	{Metric{"hearth_replay_reach_seconds", Gauge, []string{"workspace"}, "How far back the replay window goes."},
		perReplay(func(r *Replay) float64 { return r.Reach.Seconds() })},
	{Metric{"hearth_storage_bytes", Gauge, []string{"file"}, "Size of each file of the data directory."},
		func(s *State, emit func(float64, ...string)) {
			for _, f := range s.Files {
				emit(float64(f.Size), f.Name)
			}
		}},
	{Metric{"hearth_disk_free_bytes", Gauge, nil, "Free space on the disk of the data directory; absent where it is not known."},
		func(s *State, emit func(float64, ...string)) {
			if s.Disk >= 0 {
				emit(float64(s.Disk))
			}
		}},
	{Metric{"hearth_consumer_lag_rows", Gauge, []string{"consumer"}, "Rows of the log that a consumer has not taken in yet."},
		func(s *State, emit func(float64, ...string)) {
			for _, c := range s.Consumers {
				emit(float64(c.Lag), c.Name)
			}
		}},
	{Metric{"hearth_consumer_lag_seconds", Gauge, []string{"consumer"}, "How long ago the first of these rows arrived; absent where it is not known."},
		func(s *State, emit func(float64, ...string)) {
			for _, c := range s.Consumers {
				if c.Age >= 0 {
					emit(c.Age.Seconds(), c.Name)
				}
			}
		}},

	{Metric{"hearth_outbound_calls_total", Counter, nil, "Requests to other hosts, tries again included."},
		one(func(s *State) float64 { return float64(s.Out.Calls) })},
	{Metric{"hearth_outbound_failed_total", Counter, nil, "Requests without an answer, or with one of 500 and above."},
		one(func(s *State) float64 { return float64(s.Out.Failed) })},
	{Metric{"hearth_outbound_limited_total", Counter, nil, "Requests answered by: too many requests."},
		one(func(s *State) float64 { return float64(s.Out.Limited) })},
	{Metric{"hearth_outbound_retries_total", Counter, nil, "Requests that were tried again."},
		one(func(s *State) float64 { return float64(s.Out.Retries) })},
	{Metric{"hearth_outbound_waits_total", Counter, nil, "Requests that waited for a host's limit."},
		one(func(s *State) float64 { return float64(s.Out.Waits) })},
	{Metric{"hearth_outbound_waited_seconds_total", Counter, nil, "How long they waited in all."},
		one(func(s *State) float64 { return s.Out.Waited.Seconds() })},
	{Metric{"hearth_outbound_waiting", Gauge, nil, "Requests that wait for a host's limit now."},
		one(func(s *State) float64 { return float64(s.Out.Waiting) })},
	{Metric{"hearth_outbound_refused_total", Counter, nil, "Requests not made because the host fails and is left alone."},
		one(func(s *State) float64 { return float64(s.Out.Refused) })},
	{Metric{"hearth_outbound_bytes_total", Counter, nil, "Bytes of answers, as they came."},
		one(func(s *State) float64 { return float64(s.Out.Bytes) })},
	{Metric{"hearth_outbound_hosts", Gauge, nil, "Hosts that are remembered."},
		one(func(s *State) float64 { return float64(s.Out.Hosts) })},
	{Metric{"hearth_outbound_hosts_broken", Gauge, nil, "Hosts that fail and are left alone now."},
		one(func(s *State) float64 { return float64(s.Out.Broken) })},
}
