package forecast

import (
	"math"
	"sort"
)

// Sample is what is known of a spread at some age. A history is a Sample and
// the size it came to in the end.
type Sample struct {
	Count    float64 `json:"count"`    // reposts, or mentions, so far
	Recent   float64 `json:"recent"`   // of these in the second half of its age
	Audience float64 `json:"audience"` // followers of all who took part so far; 0: not known
}

// History is a spread that is over.
type History struct {
	Sample
	Final float64 `json:"final"`
}

// Method is how a forecast was made.
type Method string

const (
	None       Method = "none"       // there is no history to learn from
	Shift      Method = "shift"      // by the usual growth from this age on
	Regression Method = "regression" // by count, pace and audience
)

// Forecast is what a spread will come to.
type Forecast struct {
	Value     float64 `json:"value"` // as likely above as below
	Low       float64 `json:"low"`   // 10 of 100 end below
	High      float64 `json:"high"`  // 10 of 100 end above
	Method    Method  `json:"method"`
	Histories int     `json:"histories"` // learned from

	model *Model
	log   float64 // of Value
	count float64 // so far
}

const (
	enough      = 100 // histories for the regression
	fewest      = 5   // for anything
	ridge       = 1e-6
	predictors  = 4
	lowPart     = 0.1
	highPart    = 0.9
	leastAmount = 1
)

// Model is learned from histories, all of them at the same age. Make one with
// Fit. It is safe for concurrent use.
type Model struct {
	method    Method
	weights   [predictors]float64
	residuals []float64 // rising
}

// Fit learns from histories. With fewer than 5 it learns nothing, with fewer
// than 100 the usual growth only, with more whichever is nearer to the truth:
// later on the count alone says most. The residuals are those of leaving each
// history out in turn, so that the bands are not too narrow.
func Fit(histories []History) *Model {
	if len(histories) < fewest {
		return &Model{method: None, residuals: make([]float64, len(histories))}
	}
	if len(histories) < enough {
		return fitShift(histories)
	}
	shift, regression := fitShift(histories), fitRegression(histories)
	if shift.spread() < regression.spread() {
		return shift
	}
	return regression
}

// spread is how far off a model usually is, on the logarithmic scale.
func (m *Model) spread() float64 {
	middle := quantile(m.residuals, 0.5)
	off := make([]float64, len(m.residuals))
	for i, r := range m.residuals {
		off[i] = math.Abs(r - middle)
	}
	sort.Float64s(off)
	return quantile(off, 0.5)
}

func fitShift(histories []History) *Model {
	m := &Model{method: Shift}
	growth := make([]float64, len(histories))
	var sum float64
	for i, h := range histories {
		growth[i] = ln(h.Final) - ln(h.Count)
		sum += growth[i]
	}
	n := float64(len(histories))
	m.weights = [predictors]float64{sum / n, 1}
	for _, g := range growth {
		without := (sum - g) / (n - 1)
		m.residuals = append(m.residuals, g-without)
	}
	sort.Float64s(m.residuals)
	return m
}

func fitRegression(histories []History) *Model {
	m := &Model{method: Regression}
	var normal [predictors][predictors]float64
	var right [predictors]float64
	for _, h := range histories {
		x, y := features(h.Sample), ln(h.Final)
		for i := range x {
			right[i] += x[i] * y
			for j := range x {
				normal[i][j] += x[i] * x[j]
			}
		}
	}
	for i := range normal {
		normal[i][i] += ridge * float64(len(histories))
	}
	inverse := invert(normal)
	for i := range inverse {
		for j := range inverse {
			m.weights[i] += inverse[i][j] * right[j]
		}
	}
	for _, h := range histories {
		x := features(h.Sample)
		var leverage float64
		for i := range x {
			for j := range x {
				leverage += x[i] * inverse[i][j] * x[j]
			}
		}
		m.residuals = append(m.residuals, (ln(h.Final)-m.center(h.Sample))/max(0.1, 1-leverage))
	}
	sort.Float64s(m.residuals)
	return m
}

func features(s Sample) [predictors]float64 {
	return [predictors]float64{1, ln(s.Count), ln(s.Recent + 1), ln(s.Audience)}
}

func ln(v float64) float64 { return math.Log(max(leastAmount, v)) }

// center is the logarithm of the final size before the residuals.
func (m *Model) center(s Sample) (v float64) {
	if m.method == Shift {
		return m.weights[0] + ln(s.Count)
	}
	for i, x := range features(s) {
		v += m.weights[i] * x
	}
	return v
}

// Predict says what a spread will come to. It never falls below what is there.
func (m *Model) Predict(s Sample) Forecast {
	f := Forecast{Method: m.method, Histories: len(m.residuals), model: m, count: s.Count}
	if m.method == None {
		f.Value, f.Low, f.High = s.Count, s.Count, math.Inf(1)
		return f
	}
	f.log = m.center(s)
	at := func(part float64) float64 { return max(s.Count, math.Exp(f.log+quantile(m.residuals, part))) }
	f.Value, f.Low, f.High = at(0.5), at(lowPart), at(highPart)
	return f
}

// Reaches is the probability that the spread comes to a size. Of a forecast
// without a history it is not a number.
func (f *Forecast) Reaches(size float64) float64 {
	if size <= f.count {
		return 1
	}
	if f.model == nil || f.Method == None {
		return math.NaN()
	}
	need := math.Log(size) - f.log
	n := len(f.model.residuals)
	above := n - sort.SearchFloat64s(f.model.residuals, need)
	return (float64(above) + 0.5) / (float64(n) + 1)
}

// Doubles is the probability that the spread doubles from here.
func (f *Forecast) Doubles() float64 { return f.Reaches(2 * max(leastAmount, f.count)) }

// quantile of sorted values, between neighbours. With few values it reaches
// outwards (Weibull's rule), so that bands of little knowledge are wide.
func quantile(sorted []float64, part float64) float64 {
	at := part*float64(len(sorted)+1) - 1
	low := min(len(sorted)-1, max(0, int(math.Floor(at))))
	high := min(len(sorted)-1, low+1)
	return sorted[low] + min(1, max(0, at-float64(low)))*(sorted[high]-sorted[low])
}

// invert inverts a symmetric, positive definite matrix (Gauss-Jordan).
func invert(a [predictors][predictors]float64) (b [predictors][predictors]float64) {
	for i := range b {
		b[i][i] = 1
	}
	for c := range a {
		pivot := c
		for r := c + 1; r < predictors; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[pivot][c]) {
				pivot = r
			}
		}
		a[c], a[pivot], b[c], b[pivot] = a[pivot], a[c], b[pivot], b[c]
		scale := a[c][c]
		for j := range a {
			a[c][j] /= scale
			b[c][j] /= scale
		}
		for r := range a {
			if r == c {
				continue
			}
			times := a[r][c]
			for j := range a {
				a[r][j] -= times * a[c][j]
				b[r][j] -= times * b[c][j]
			}
		}
	}
	return b
}
