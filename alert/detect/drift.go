package detect

import "math"

// EWMA is a control chart for slow drift (Roberts 1959): an exponentially
// weighted mean of standardised values, which are expected to have mean 0 and
// deviation 1.
type EWMA struct {
	Value float64 `json:"value"`
	Steps int     `json:"steps"`
}

// The weight of a new value and the limit, in deviations of the mean: with no
// drift one false alarm in 500 values, with a drift of one deviation an alarm
// after ten (Lucas and Saccucci 1990).
const (
	EWMAWeight = 0.1
	EWMALimit  = 2.814
)

// Step takes a value in and says how many times the limit the mean is off,
// above it positive: beyond 1 or −1 the series drifts.
func (e *EWMA) Step(z float64) float64 {
	e.Value += EWMAWeight * (z - e.Value)
	e.Steps++
	return e.Value / (EWMALimit * ewmaDeviation(EWMAWeight))
}

// ewmaDeviation is that of the mean in the long run.
func ewmaDeviation(weight float64) float64 { return math.Sqrt(weight / (2 - weight)) }
