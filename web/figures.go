package web

import (
	"encoding/json"
	"strings"
)

// figures is what stands beside a stream: numbers, charts, facets.
type figures struct {
	Stats  []stat
	Charts []chart
	Facets []facet

	Missing []string // fields whose facets take a search
	Rest    string   // where they are; "": nowhere
}

// stat is a number that explains itself.
type stat struct {
	Name, Value  string
	Beside, Mood string // what it was before; Mood: up, down or ""
	Explain      []string
}

// chart is a finding and the numbers behind it.
type chart struct {
	ID, Finding, About string
	Height             string // low or high
	Spec               string // for charts.js
	Columns            []string
	Rows               []chartRow
}

type chartRow struct {
	Label, Link string
	Cells       []string
	Links       []string // of the cells; none: they lead nowhere
}

// chartSpec is what charts.js draws. It holds no markup and no functions.
type chartSpec struct {
	Kind   string        `json:"kind"` // bars or lines
	Labels []string      `json:"labels"`
	Links  []string      `json:"links,omitempty"`
	Series []chartSeries `json:"series"`
	Unit   string        `json:"unit,omitempty"` // %: a share
	Band   *chartBand    `json:"band,omitempty"`
	Line   *chartLine    `json:"line,omitempty"`
	Marks  []chartMark   `json:"marks,omitempty"`
}

// chartBand is where values are expected to lie.
type chartBand struct {
	Name string    `json:"name"`
	Low  []float64 `json:"low"`
	High []float64 `json:"high"`
}

// chartLine is a height that matters.
type chartLine struct {
	Name string  `json:"name"`
	At   float64 `json:"at"`
}

// chartMark is something that happened.
type chartMark struct {
	At   int    `json:"at"` // place among the labels
	Name string `json:"name"`
}

type chartSeries struct {
	Name   string    `json:"name"`
	Role   string    `json:"role"` // positive, neutral, negative, main, c1 to c6: its colour
	Values []float64 `json:"values"`
}

type facet struct {
	Field, Title string
	Exact        bool
	Judged       string // of estimates: by how many posts
	Values       []facetValue
}

type facetValue struct {
	Label, Link string
	N           int64
	Between     string // of an estimate: where the truth lies
	Share       int    // of the most frequent, in percent
	Chosen      bool
}

// mentionFigures is the part of the page that costs more than the stream.
func (web *Web) mentionFigures(v *visit) error {
	l := readLook(v.r.URL.Query(), v.now)
	f, err := v.figures(l)
	if err != nil {
		return err
	}
	return v.block(200, "mentions", "figures", f)
}

// figures counts a look. What the roll-ups know is here at once; what takes a
// search comes as a part of its own.
func (v *visit) figures(l look) (*figures, error) {
	vol, err := v.volume(l)
	if err != nil {
		return nil, err
	}
	f := &figures{Stats: v.volumeStats(&vol)}
	if vol.sum.all > 0 {
		f.Charts = []chart{v.volumeChart(l, vol)}
	}
	switch {
	case l.asksFor("sentiment"):
		f.Stats = f.Stats[:1] // all of them feel the same
	case vol.sum.all > 0:
		f.Charts = append(f.Charts, v.moodChart(l, vol))
	}
	if f.Facets, f.Missing, err = v.facets(l, &vol); err != nil {
		return nil, err
	}
	if len(f.Missing) > 0 {
		f.Rest = addParameter(l.with(func(*look) {}).at("/mentions/facets"), "fields", strings.Join(f.Missing, " "))
	}
	return f, nil
}

// mentionFacets is the values of fields that only a search finds.
func (web *Web) mentionFacets(v *visit) error {
	list, err := v.foundFacets(readLook(v.r.URL.Query(), v.now), strings.Fields(v.query("fields")))
	if err != nil {
		return err
	}
	return v.block(200, "mentions", "facet-list", list)
}

func specText(s chartSpec) string {
	body, err := json.Marshal(s)
	if err != nil {
		return "{}" // no such value is in it
	}
	return string(body)
}
