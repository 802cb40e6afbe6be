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
	switch {
	case o.Footprint:
		return benchFootprint(ctx, o)
	case o.Stored > 0:
		return benchStored(ctx, o)
	}
	report, err := firehose.Run(ctx, firehose.Options{
		Monitors: o.Monitors, Posts: o.Posts, Clock: hearth.SystemClock,
		Progress: func(m firehose.Measure) { o.Progress(m.Stage, int64(m.Posts), int64(m.Of)) },
	})
	if err != nil {
		return cli.BenchReport{}, err
	}
	document, err := client.Marshal(report)
	lines := []cli.BenchLine{
		line("this machine can listen to", "%.1f billion posts a day (%.0f a second, %.1f × the big networks together)",
			report.PostsPerDay/1e9, report.PostsPerSecond, report.TimesFirehose),
		line("measured with", "%d posts against %d monitors on %d processors", report.Posts, report.Monitors, report.Processors),
		line("matched and kept", "%d and %d, every commit synced", report.Matched, report.Stored),
		line("decoding", "%.0f ns a post", report.Stages.Decode),
		line("cutting into words", "%.0f ns a post", report.Stages.Tokenise),
		line("matching", "%.0f ns a post", report.Stages.Match),
		line("analysing", "%.0f ns a post that is analysed", report.Stages.Analyse),
		line("all of it", "%.0f ns of processor time a post", report.ProcessorNs),
	}
	if report.Unreadable > 0 {
		lines = append(lines, line("unreadable", "%d", report.Unreadable))
	}
	return cli.BenchReport{Lines: lines, JSON: document}, err
}

func line(name, format string, args ...any) cli.BenchLine {
	return cli.BenchLine{Name: name, Value: fmt.Sprintf(format, args...)}
}

// benchStored measures how quickly stored posts are found.
func benchStored(ctx context.Context, o cli.BenchOptions) (cli.BenchReport, error) {
	report, err := firehose.Stored(ctx, firehose.StoredOptions{
		Posts: o.Stored, Dir: o.Directory, Clock: hearth.SystemClock,
		Progress: func(m firehose.Measure) { o.Progress(m.Stage, int64(m.Posts), int64(m.Of)) },
	})
	if err != nil {
		return cli.BenchReport{}, err
	}
	document, err := client.Marshal(report)
	f := &report.Filling
	lines := []cli.BenchLine{
		line("stored", "%d posts, %.0f bytes each, in %s", f.Posts, f.BytesPerPost, o.Directory),
		line("opened", "in %.0f ms, nothing of it in memory", report.OpenMs),
	}
	if f.Filled > 0 {
		lines = append(lines, line("kept", "%d posts, %.0f a second, made, analysed and indexed", f.Filled, f.PostsPerSecond))
	}
	for _, part := range []struct {
		name string
		list []firehose.Asked
	}{{"cold", report.Cold}, {"warm", report.Warm}} {
		for _, a := range part.list {
			cut := ""
			if a.Cut > 0 {
				cut = fmt.Sprintf(", %d of them not to the end", a.Cut)
			}
			lines = append(lines, line(part.name+", "+a.Kind, "p50 %.1f ms, p99 %.1f ms: %d questions%s", a.P50, a.P99, a.Questions, cut))
		}
	}
	return cli.BenchReport{Lines: lines, JSON: document}, err
}
