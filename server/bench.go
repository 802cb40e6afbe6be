package server

import (
	"context"
	"fmt"

	"hearth"
	"hearth/cli"
	"hearth/client"
	"hearth/firehose"
)

// bench measures this machine and words the result.
func bench(ctx context.Context, o cli.BenchOptions) (cli.BenchReport, error) {
	report, err := firehose.Run(ctx, firehose.Options{
		Monitors: o.Monitors, Posts: o.Posts, Clock: hearth.SystemClock,
		Progress: func(m firehose.Measure) { o.Progress(m.Stage, int64(m.Posts), int64(m.Of)) },
	})
	if err != nil {
		return cli.BenchReport{}, err
	}
	document, err := client.Marshal(report)
	line := func(name, format string, args ...any) cli.BenchLine {
		return cli.BenchLine{Name: name, Value: fmt.Sprintf(format, args...)}
	}
	lines := []cli.BenchLine{
		line("this machine can listen to", "%.1f billion posts a day (%.0f a second, %.1f × the big networks together)",
			report.PostsPerDay/1e9, report.PostsPerSecond, report.TimesFirehose),
		line("measured with", "%d posts against %d monitors on %d processors", report.Posts, report.Monitors, report.Processors),
		line("matched and kept", "%d and %d, every commit synced", report.Matched, report.Stored),
		line("decoding", "%.0f ns a post", report.Stages.Decode),
		line("cutting into words", "%.0f ns a post", report.Stages.Tokenise),
		line("matching", "%.0f ns a post", report.Stages.Match),
		line("analysing", "%.0f ns a post that is analysed", report.Stages.Analyse),
	}
	if report.Unreadable > 0 {
		lines = append(lines, line("unreadable", "%d", report.Unreadable))
	}
	return cli.BenchReport{Lines: lines, JSON: document}, err
}
