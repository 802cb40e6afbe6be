package dbtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"
)

// The variables that make this test binary a process that is there to be killed: the
// test whose work it does, where, and the how manieth it is.
const (
	victimOf    = "HEARTH_VICTIM_OF"
	victimHome  = "HEARTH_VICTIM_HOME"
	victimRound = "HEARTH_VICTIM_ROUND"
)

// KillRounds is how often a test kills a process: as often as is usual for it, or
// HEARTH_KILL_ROUNDS times.
func KillRounds(usual int) int {
	if n, err := strconv.Atoi(os.Getenv(rounds)); err == nil {
		return n
	}
	return usual
}

// Killed does work in processes of their own, one after the other, and kills each at a
// random moment of the time `within` after it has called ready; KillRounds(usual) of
// them. It returns the home (see Home) they worked in. A test calls it before anything
// else but t.Parallel, since the process that is killed runs the same test up to here.
//
// The work gets the home, its round counted from 1, and ready, which it calls once when
// it has done enough for a kill to be worth it. It is to go on without an end: that it
// ended by itself fails the test.
func Killed(t *testing.T, usual int, within time.Duration, work func(ctx context.Context, home string, round uint64, ready func()) error) string {
	t.Helper()
	if os.Getenv(victimOf) == t.Name() {
		go func() { // not longer than the test that began it
			io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
		round, err := strconv.ParseUint(os.Getenv(victimRound), 10, 64)
		if err == nil {
			err = work(t.Context(), os.Getenv(victimHome), round, func() { fmt.Println("ready") })
		}
		fmt.Fprintln(os.Stderr, "the process that was to be killed ended:", err)
		os.Exit(1)
	}
	home, dice := Home(t), rand.New(rand.NewPCG(5, 6))
	for round := range KillRounds(usual) {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), victimOf+"="+t.Name(), victimHome+"="+home, victimRound+"="+strconv.Itoa(round+1))
		cmd.Stderr = os.Stderr
		if _, err := cmd.StdinPipe(); err != nil { // it ends with this process
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(out)
		if !said.Scan() || said.Text() != "ready" {
			cmd.Process.Kill()
			cmd.Wait()
			t.Fatalf("round %d: the process ended, or said %q, before it was ready", round+1, said.Text())
		}
		time.AfterFunc(time.Duration(dice.Int64N(int64(within))), func() { cmd.Process.Kill() })
		cmd.Wait()
		if cmd.ProcessState.Exited() {
			t.Fatalf("round %d: the process ended by itself: %v", round+1, cmd.ProcessState)
		}
	}
	return home
}
