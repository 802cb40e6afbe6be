package main

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"time"

	"hearth"
	"hearth/firehose"
)

// firehosePosts measures the whole way, against a script's: encoding/json and
// regular expressions, storing nothing.
func firehosePosts(s *sheet) error {
	report, err := firehose.Run(context.Background(), firehose.Options{Clock: hearth.SystemClock})
	if err != nil {
		return err
	}
	s.add(row{name: "Hearth", each: time.Duration(report.Seconds * 1e9 / float64(report.Posts)), allocs: report.AllocsPerPost,
		note: "decoded, matched, analysed and stored; " + strconv.FormatFloat(report.TimesFirehose, 'f', 1, 64) + " × 13,889 posts/s"})
	_, trees := monitors(10_000)
	compiled := map[*node]*regexp.Regexp{}
	lines := frames(40, 10_000)
	s.contest("encoding/json and regular expressions", "one core, nothing stored", func() (int, error) {
		for _, line := range lines {
			var f frame
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				return 0, err
			}
			for _, t := range trees {
				t.holds(f.Commit.Record.Text, compiled)
			}
		}
		return len(lines), nil
	})
	return nil
}
