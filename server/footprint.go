package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth"
	"hearth/cli"
	"hearth/client"
	"hearth/firehose/mix"
)

// footprint is what the program takes of the machine, in bytes and seconds.
type footprint struct {
	Binary        int64   `json:"binary_bytes"`
	Start         float64 `json:"start_seconds"` // of an empty server, until it is ready
	Idle          int64   `json:"idle_bytes"`
	Monitors      int     `json:"monitors"`
	MonitorsBytes int64   `json:"monitors_bytes"` // of a server with so many monitors
	MonitorsStart float64 `json:"monitors_start_seconds"`
	Demo          int64   `json:"demo_bytes"`
}

const (
	footprintMonitors = 10_000
	startPatience     = 5 * time.Minute // a busy machine is slow
	settleTime        = 5 * restEvery   // after which what a start used is given back
)

// benchFootprint runs this program as others would and looks at it from outside.
func benchFootprint(ctx context.Context, o cli.BenchOptions) (cli.BenchReport, error) {
	f, err := measureFootprint(ctx, o.Progress)
	if err != nil {
		return cli.BenchReport{}, err
	}
	document, err := client.Marshal(f)
	const mega = 1e6
	return cli.BenchReport{JSON: document, Lines: []cli.BenchLine{
		line("the program", "%.1f MB", float64(f.Binary)/mega),
		line("a start", "%.2f s until it is ready", f.Start),
		line("idle", "%.1f MB of memory", float64(f.Idle)/mega),
		line("with monitors", "%.1f MB of memory, %d monitors; a start takes %.2f s", float64(f.MonitorsBytes)/mega, f.Monitors, f.MonitorsStart),
		line("the demo", "%.1f MB of memory, once its sixty days are told and taken in", float64(f.Demo)/mega),
	}}, err
}

func measureFootprint(ctx context.Context, progress func(string, int64, int64)) (f footprint, err error) {
	program, err := os.Executable()
	if err != nil {
		return f, fmt.Errorf("finding the program: %w", err)
	}
	info, err := os.Stat(program)
	if err != nil {
		return f, fmt.Errorf("finding the program: %w", err)
	}
	f.Binary, f.Monitors = info.Size(), footprintMonitors
	dir, err := os.MkdirTemp("", "hearth-footprint-")
	if err != nil {
		return f, fmt.Errorf("making a folder for the measurement: %w", err)
	}
	defer os.RemoveAll(dir)
	served, shown := filepath.Join(dir, "serve"), filepath.Join(dir, "demo")
	steps := []func() error{
		func() error {
			return beside(ctx, program, "serve", served, func(c *child) error {
				f.Start = c.took.Seconds()
				if f.Idle, err = c.settled(ctx); err != nil {
					return err
				}
				return c.addMonitors(ctx, f.Monitors)
			})
		},
		func() error {
			return beside(ctx, program, "serve", served, func(c *child) error {
				f.MonitorsStart = c.took.Seconds()
				f.MonitorsBytes, err = c.settled(ctx)
				return err
			})
		},
		func() error {
			return beside(ctx, program, "demo", shown, func(c *child) error {
				if err := c.said(ctx, "Ctrl-C"); err != nil { // its history is told
					return err
				}
				if err := c.followed(ctx); err != nil {
					return err
				}
				f.Demo, err = c.settled(ctx)
				return err
			})
		},
	}
	for i, step := range steps {
		progress("running", int64(i), int64(len(steps)))
		if err := step(); err != nil {
			return f, err
		}
	}
	return f, nil
}

// child is the program, run beside this one.
type child struct {
	cmd  *exec.Cmd
	note note
	took time.Duration // until it was ready
	out  string        // what it says, a file
}

// beside runs the program on a data directory, until do returns.
func beside(ctx context.Context, program, command, data string, do func(*child) error) (err error) {
	c := &child{out: data + ".out"}
	out, err := os.Create(c.out)
	if err != nil {
		return fmt.Errorf("running the program: %w", err)
	}
	defer out.Close()
	c.cmd = exec.CommandContext(ctx, program, command, "--data", data, "--listen", "127.0.0.1:0", "--no-color")
	c.cmd.Stdout, c.cmd.Stderr = out, out
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(os.Interrupt) }
	c.cmd.WaitDelay = time.Minute
	begun := hearth.SystemClock()
	if err := c.cmd.Start(); err != nil {
		return fmt.Errorf("running the program: %w", err)
	}
	defer func() {
		stopped := c.cmd.Process.Signal(os.Interrupt)
		err = errors.Join(err, stopped, c.cmd.Wait())
	}()
	err = c.until(ctx, 5*time.Millisecond, "start", func() bool {
		written, readErr := os.ReadFile(filepath.Join(data, noteFile))
		if readErr != nil || json.Unmarshal(written, &c.note) != nil || c.note.Process != c.cmd.Process.Pid {
			return false
		}
		api, newErr := client.New(c.note.Address, client.Options{Key: c.note.Key})
		if newErr != nil {
			return false
		}
		_, newErr = api.Status(ctx)
		return newErr == nil
	})
	if err != nil {
		return err
	}
	c.took = hearth.SystemClock().Sub(begun)
	return do(c)
}

// until polls a condition.
func (c *child) until(ctx context.Context, every time.Duration, what string, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			said, _ := os.ReadFile(c.out)
			return hearth.Errorf(hearth.Unavailable, "The program did not %s in time. It said: %s", what, said[max(0, len(said)-500):])
		case <-tick.C:
		}
	}
	return nil
}

// said waits until the program has written something.
func (c *child) said(ctx context.Context, words string) error {
	return c.until(ctx, 5*time.Millisecond, "say "+strconv.Quote(words), func() bool {
		out, err := os.ReadFile(c.out)
		return err == nil && bytes.Contains(out, []byte(words))
	})
}

// followed waits until all that follow the log have taken in what was told, but for
// what comes meanwhile.
func (c *child) followed(ctx context.Context) error {
	const live = 100 // rows
	api, err := client.New(c.note.Address, client.Options{Key: c.note.Key})
	if err != nil {
		return err
	}
	return c.until(ctx, time.Second, "take in what it heard", func() bool {
		status, err := api.Status(ctx)
		return err == nil && !slices.ContainsFunc(status.Consumers, func(f client.Consumer) bool { return f.Behind > live })
	})
}

// settled is the memory that the program takes after a rest.
func (c *child) settled(ctx context.Context) (int64, error) {
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(settleTime):
	}
	return residentBytes(ctx, c.cmd.Process.Pid)
}

// addMonitors gives the program so many of the frozen monitors.
func (c *child) addMonitors(ctx context.Context, n int) error {
	api, err := client.New(c.note.Address, client.Options{Key: c.note.Key})
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(16) // they share commits
	for i, query := range mix.NewWorld().Monitors(n) {
		group.Go(func() error {
			_, err := api.AddMonitor(ctx, client.MonitorDraft{Name: fmt.Sprintf("Monitor %d", i+1), Query: query})
			return err
		})
	}
	return group.Wait()
}

// residentBytes is the memory of a process that is in the machine's, as the
// system's ps counts it.
func residentBytes(ctx context.Context, process int) (int64, error) {
	out, err := exec.CommandContext(ctx, "ps", "-o", "rss=", "-p", strconv.Itoa(process)).Output()
	if err != nil {
		return 0, fmt.Errorf("looking at the memory of the program: %w", err)
	}
	kibibytes, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	return kibibytes << 10, err
}
