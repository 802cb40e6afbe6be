//go:build fault

package fault

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ErrInjected is what a point returns whose action is error.
var ErrInjected = errors.New("an injected fault")

// standing is read from the environment when the first point is passed. It is
// the one global with state of the house: a point has nobody to be handed a
// plan by, and no program that is released has it.
var standing = sync.OnceValue(func() *plan {
	p, err := parse(os.Getenv("HEARTH_FAULT"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "fault:", err)
		os.Exit(2)
	}
	if fd, err := strconv.Atoi(os.Getenv("HEARTH_FAULT_FD")); err == nil {
		p.told = os.NewFile(uintptr(fd), "faults")
	}
	return p
})

// Point counts that it was passed and does what the plan says.
func Point(name string) error { return standing().pass(name) }

// plan is what happens where.
type plan struct {
	steps []step
	told  *os.File // nil: nobody listens

	mu     sync.Mutex
	passed map[string]int
}

type step struct {
	point  string
	hit    int  // 1 is the first time
	always bool // and every time after that
	action string
	delay  time.Duration
}

// parse reads steps of the form point:hit:action, parted by commas.
func parse(text string) (*plan, error) {
	p := &plan{passed: map[string]int{}}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		words := strings.Split(part, ":")
		if len(words) != 3 {
			return nil, fmt.Errorf("%q is not point:hit:action", part)
		}
		s := step{point: words[0], action: words[2]}
		var err error
		words[1], s.always = strings.CutSuffix(words[1], "+")
		if s.hit, err = strconv.Atoi(words[1]); err != nil || s.hit < 1 {
			return nil, fmt.Errorf("%q: a hit is counted from 1", part)
		}
		if length, ok := strings.CutPrefix(s.action, "delay="); ok {
			s.action = "delay"
			if s.delay, err = time.ParseDuration(length); err != nil {
				return nil, err
			}
		}
		switch s.action {
		case "kill", "error", "panic", "delay":
		default:
			return nil, fmt.Errorf("%q: an action is kill, error, panic or delay=TIME", part)
		}
		p.steps = append(p.steps, s)
	}
	return p, nil
}

func (p *plan) pass(name string) error {
	due := p.count(name)
	p.tell(name)
	if due == nil {
		return nil
	}
	p.tell(name + "!")
	switch due.action {
	case "kill":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	case "panic":
		panic("an injected fault at " + name)
	case "delay":
		time.Sleep(due.delay)
		return nil
	default:
		return fmt.Errorf("%s: %w", name, ErrInjected)
	}
}

// count says what is due now.
func (p *plan) count(name string) (due *step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passed[name]++
	for i := range p.steps {
		s := &p.steps[i]
		if s.point == name && (s.hit == p.passed[name] || s.always && s.hit < p.passed[name]) {
			due = s
		}
	}
	return due
}

func (p *plan) tell(line string) {
	if p.told != nil {
		p.told.WriteString(line + "\n")
	}
}
