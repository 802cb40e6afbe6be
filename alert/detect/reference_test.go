package detect_test

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"hearth/alert/detect"
)

const nab = "../../../shared/data/trend/nab-tweet-volume"

// TestRealSpikesAreFoundWithinTheBudget is test (a) of algorithms.md 2, by the
// protocol of its appendix: tweets about brands, five minutes each, with the
// windows that people marked. Six of the ten series are at hand, so 21 of 33
// windows become the same part of theirs.
func TestRealSpikesAreFoundWithinTheBudget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		points  int
		part    float64 // of the windows that must be found
		latency time.Duration
	}{{3, 21.0 / 33, 15 * time.Minute}, {12, 20.0 / 33, 45 * time.Minute}} {
		var windows, hit, incidents, outside int
		var weeks float64
		var late []time.Duration
		for _, s := range readNAB(t) {
			r := s.run(c.points)
			windows, hit, incidents, outside = windows+len(s.windows), hit+r.hit, incidents+r.incidents, outside+r.outside
			weeks += r.weeks
			late = append(late, r.latency...)
		}
		slices.Sort(late)
		perWeek := float64(incidents) / weeks
		t.Logf("%d-minute bins: %d of %d windows, %.2f incidents a series and week, precision at least %.2f, median latency %s",
			5*c.points, hit, windows, perWeek, 1-float64(outside)/float64(incidents), late[len(late)/2])
		if float64(hit) < c.part*float64(windows) {
			t.Errorf("%d of %d windows were found, want %.0f of 100", hit, windows, 100*c.part)
		}
		if perWeek > 1 {
			t.Errorf("%.2f incidents a series and week, want one at most", perWeek)
		}
		if late[len(late)/2] > c.latency {
			t.Errorf("the median latency is %s, want %s", late[len(late)/2], c.latency)
		}
	}
}

type nabSeries struct {
	begin   time.Time
	counts  []float64
	windows [][2]time.Time
	points  []time.Time
}

type nabResult struct {
	hit, incidents, outside int
	weeks                   float64
	latency                 []time.Duration
}

func (s *nabSeries) run(width int) (r nabResult) {
	bin := time.Duration(width) * 5 * time.Minute
	series := detect.NewSeries(bin)
	found := make([]bool, len(s.windows))
	for i := 0; i+width <= len(s.counts); i += width {
		var y float64
		for _, c := range s.counts[i : i+width] {
			y += c
		}
		at := s.begin.Add(time.Duration(i) * 5 * time.Minute)
		v := series.Learn(at, y, 0.5)
		if at.Sub(s.begin) < 3*24*time.Hour || !v.Begins {
			continue
		}
		r.incidents++
		window := slices.IndexFunc(s.windows, func(w [2]time.Time) bool { return !at.Before(w[0]) && !at.After(w[1]) })
		if window < 0 {
			r.outside++
			continue
		}
		if !found[window] {
			found[window] = true
			r.hit++
			for _, p := range s.points {
				if !p.Before(s.windows[window][0]) && !p.After(s.windows[window][1]) {
					r.latency = append(r.latency, at.Sub(p))
					break
				}
			}
		}
	}
	r.weeks = (float64(len(s.counts))/12 - 72) / (7 * 24)
	return r
}

func readNAB(t *testing.T) (all []*nabSeries) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(nab, "labels.json"))
	if err != nil {
		t.Skip("the series of the Numenta Anomaly Benchmark are not at " + nab)
	}
	var labels map[string]struct {
		Windows [][2]string `json:"windows"`
		Points  []string    `json:"points"`
	}
	if err := json.Unmarshal(text, &labels); err != nil {
		t.Fatal(err)
	}
	moment := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04:05", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, l := range labels {
		rows := readGzip(t, filepath.Join(nab, name+".gz"))
		if rows == nil {
			continue
		}
		s := &nabSeries{begin: moment(rows[1][0])}
		for _, row := range rows[1:] {
			n, err := strconv.ParseFloat(row[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			s.counts = append(s.counts, n)
		}
		for _, w := range l.Windows {
			s.windows = append(s.windows, [2]time.Time{moment(w[0]), moment(w[1])})
		}
		for _, p := range l.Points {
			s.points = append(s.points, moment(p))
		}
		slices.SortFunc(s.points, time.Time.Compare)
		all = append(all, s)
	}
	if len(all) < 6 {
		t.Fatalf("only %d series were read", len(all))
	}
	return all
}

func readGzip(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
