package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"hearth"
	"hearth/client"
)

// program is the real server as a child, started again and again on one data
// directory.
type program struct {
	binary, dir, hooks string
	log                *os.File

	mu      sync.Mutex
	cmd     *exec.Cmd
	client  *client.Client
	address string
	key     string
	ended   chan struct{} // of the process that runs
	meant   bool          // its end is our doing
	err     error         // of an end that was not
	started time.Time
	slowest time.Duration // start
	starts  int
}

// start begins the program and waits until it can be spoken to.
func (p *program) start(ctx context.Context) error {
	cmd := exec.Command(p.binary, "serve")
	cmd.Env = append(os.Environ(), "HEARTH_DATA="+p.dir, "HEARTH_LISTEN=127.0.0.1:0", "HEARTH_WEBHOOKS="+p.hooks,
		"HEARTH_ALLOW=127.0.0.1:*", "HEARTH_LOG=warn")
	cmd.Stderr = p.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	begun := hearth.SystemClock()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the program: %w", err)
	}
	ended := make(chan struct{})
	p.mu.Lock()
	p.cmd, p.ended, p.meant, p.client = cmd, ended, false, nil
	p.mu.Unlock()
	go func() {
		err := cmd.Wait()
		p.mu.Lock()
		if !p.meant {
			p.err = fmt.Errorf("the program ended by itself: %w", errors.Join(errors.New(cmd.ProcessState.String()), err))
		}
		p.mu.Unlock()
		close(ended)
	}()
	var note struct {
		Address, Key string
		Process      int
	}
	err := until(ctx, 2*time.Minute, "the server is ready", func() bool {
		text, err := os.ReadFile(filepath.Join(p.dir, "server.json"))
		return p.failed() != nil || err == nil && json.Unmarshal(text, &note) == nil && note.Process == cmd.Process.Pid
	})
	if err := errors.Join(err, p.failed()); err != nil {
		return err
	}
	c, err := client.New(note.Address, client.Options{Key: note.Key})
	if err != nil {
		return err
	}
	now := hearth.SystemClock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.client, p.address, p.key, p.started = c, note.Address, note.Key, now
	p.starts++
	p.slowest = max(p.slowest, now.Sub(begun))
	return nil
}

// failed is why the program ended without being told to.
func (p *program) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// now is what the program can be asked through, and its process.
func (p *program) now() (c *client.Client, pid int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client == nil {
		return nil, 0
	}
	return p.client, p.cmd.Process.Pid
}

// signal sends a signal; one that ends the program is waited for.
func (p *program) signal(s syscall.Signal) error {
	p.mu.Lock()
	cmd, ended := p.cmd, p.ended
	ends := s == syscall.SIGKILL || s == syscall.SIGTERM
	if ends {
		p.meant, p.client = true, nil
	}
	p.mu.Unlock()
	if err := cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("sending %v: %w", s, err)
	}
	if !ends {
		return nil
	}
	select {
	case <-ended:
	case <-time.After(2 * time.Minute):
		cmd.Process.Kill()
		return fmt.Errorf("the program does not end of %v", s)
	}
	if s == syscall.SIGTERM && cmd.ProcessState.ExitCode() != 0 {
		return fmt.Errorf("told to stop, the program ended with %v", cmd.ProcessState)
	}
	return nil
}

// doctor lets the program look at what it left behind.
func (p *program) doctor(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, p.binary, "doctor", "--deep")
	cmd.Env = append(os.Environ(), "HEARTH_DATA="+p.dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the doctor is not content: %w\n%s", err, out)
	}
	return nil
}

// until looks until it is true.
func until(ctx context.Context, most time.Duration, what string, look func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !look() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain for %v: %s", most, what)
		case <-tick.C:
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
