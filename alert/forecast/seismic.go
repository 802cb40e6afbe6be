package forecast

import (
	"math"
	"time"

	"gonum.org/v1/gonum/mathext"
)

// Reshare is one repost: when, after the first post, and how many follow whoever
// did it. The first Reshare of a list is the post itself, after 0.
type Reshare struct {
	After     time.Duration
	Followers int64
}

// The memory of a network: the part of an audience that reacts per second,
// constant at first, then falling by a power law (Zhao et al. 2015, fitted on
// Twitter).
const (
	memoryRate  = 6.265725e-4 // per second
	memoryFlat  = 300.0       // seconds
	memoryPower = 0.2314843

	meanFollowers   = 100 // of those who will still repost; n* of the paper
	leastReshares   = 5   // in the window
	SeismicReshares = 50  // fewer are no ground for a second opinion
)

// Seismic is what the model says at one age.
type Seismic struct {
	Reshares   int     `json:"reshares"`   // so far
	Infectious float64 `json:"infectious"` // the probability that somebody who sees it passes it on
	Low        float64 `json:"low"`        // of Infectious: 5 of 100 lie below
	High       float64 `json:"high"`       // 5 of 100 lie above
	Final      float64 `json:"final"`      // reposts in the end; +Inf while Explosive
	Explosive  bool    `json:"explosive"`  // each repost brings more than one
}

// SeismicAt judges a spread at an age. Reshares are in the order of time; the
// first is the post itself. ok is false while too little is known.
func SeismicAt(reshares []Reshare, age time.Duration) (s Seismic, ok bool) {
	t := age.Seconds()
	window := max(memoryFlat, min(t/2, 7200))
	var times []float64
	var followers []float64
	for _, r := range reshares {
		if at := r.After.Seconds(); at <= t {
			times, followers = append(times, at), append(followers, float64(r.Followers))
		}
	}
	if len(times) == 0 {
		return s, false
	}
	s.Reshares = len(times) - 1
	var weighted, exposure float64
	recent := 0
	for i, at := range times {
		if i > 0 {
			if w := 1 - (t-at)/window; w >= 0 && at < t {
				weighted += w
				recent++
			}
		}
		exposure += followers[i] * weightedMemory(at, t, window)
	}
	if recent < leastReshares || exposure <= 0 {
		return s, false
	}
	s.Infectious = weighted / exposure
	s.Low, s.High = band(s.Infectious, recent)
	var left float64
	for i, at := range times {
		left += followers[i] * memoryLeft(t-at)
	}
	if s.Infectious*meanFollowers >= 1 {
		s.Explosive, s.Final = true, math.Inf(1)
		return s, true
	}
	s.Final = float64(s.Reshares) + s.Infectious*left/(1-s.Infectious*meanFollowers)
	return s, true
}

// band is the interval of a rate that was found from a Poisson number of events.
func band(rate float64, events int) (low, high float64) {
	n := float64(events)
	at := func(part float64) float64 { return rate * mathext.GammaIncRegInv(n, part) / n }
	return at(0.05), at(0.95)
}

// memoryLeft is the part of an audience's reactions that comes later than so
// many seconds.
func memoryLeft(t float64) float64 {
	if t < 0 {
		return 1
	}
	if t <= memoryFlat {
		return 1 - memoryRate*t
	}
	return memoryRate * math.Pow(memoryFlat, 1+memoryPower) * math.Pow(t, -memoryPower) / memoryPower
}

// weightedMemory is the integral of the memory of a repost at a time over the
// window before now, weighted by a triangle that rises to now.
func weightedMemory(at, now, window float64) float64 {
	from := max(at, now-window)
	// The weight of the age a = s − at is 1 − (now − at − a)/window: a line.
	slope := 1 / window
	first := 1 - (now-at)/window
	integral := func(low, high float64) (total float64) {
		if flat := min(high, memoryFlat); flat > low {
			total += memoryRate * (first*(flat-low) + slope*(flat*flat-low*low)/2)
		}
		if low = max(low, memoryFlat); high > low {
			scale := memoryRate * math.Pow(memoryFlat, 1+memoryPower)
			power := func(a, exponent float64) float64 { return math.Pow(a, exponent) / exponent }
			total += scale * (first*(power(high, -memoryPower)-power(low, -memoryPower)) +
				slope*(power(high, 1-memoryPower)-power(low, 1-memoryPower)))
		}
		return total
	}
	return integral(from-at, now-at)
}
