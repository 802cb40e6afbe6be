package disk_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth"
	"hearth/disk"
)

// proves STR2
func TestWhatIsNotDoneFollowsTheRoomThatIsLeft(t *testing.T) {
	t.Parallel()
	var free atomic.Int64
	free.Store(120)
	dir := t.TempDir()
	g := disk.New(disk.Options{
		Dir: dir, Limits: disk.Standard, Every: time.Millisecond, Log: slog.New(slog.DiscardHandler),
		Space: func(string) (int64, int64) { return free.Load(), 1000 },
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); g.Run(ctx, 10) }()
	reserve := func() int64 {
		info, err := os.Stat(filepath.Join(dir, "reserve"))
		if errors.Is(err, os.ErrNotExist) {
			return 0
		}
		return info.Size()
	}
	for _, step := range []struct {
		free     int64
		level    disk.Level
		reserved bool
	}{
		{120, disk.Ample, true}, {99, disk.Low, true}, {105, disk.Low, true}, {49, disk.Short, true}, {51, disk.Short, true},
		{19, disk.Out, false}, {29, disk.Out, false}, {31, disk.Out, false}, // what was given up is no room
		{33, disk.Short, false}, {66, disk.Low, false}, {500, disk.Ample, true}, {0, disk.Out, false}, {900, disk.Ample, true},
	} {
		free.Store(step.free)
		deadline := time.After(time.Minute)
		for g.Level() != step.level || (reserve() == 10) != step.reserved || g.Free() != step.free {
			select {
			case <-deadline:
				t.Fatalf("%d of 1000 free: level %d, %d reserved", step.free, g.Level(), reserve())
			case <-time.After(time.Millisecond):
			}
		}
		for _, ask := range []struct {
			err  error
			from disk.Level
		}{{g.Room(), disk.Out}, {g.RoomForDeliveries(), disk.Short}, {g.RoomForHistory(), disk.Low}} {
			if refused := ask.err != nil; refused != (step.level >= ask.from) || refused && hearth.ErrorCode(ask.err) != hearth.Unavailable {
				t.Errorf("%d of 1000 free: %v", step.free, ask.err)
			}
		}
		if said := g.Trouble(); (said != "") != (step.level > disk.Ample) {
			t.Errorf("%d of 1000 free: it says %q", step.free, said)
		}
	}
	cancel()
	<-ended
	if reserve() != 0 {
		t.Error("the reserve is still there after the end")
	}
}

func TestWhereNobodyKnowsTheRoomNothingIsRefused(t *testing.T) {
	t.Parallel()
	g := disk.New(disk.Options{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), Space: func(string) (int64, int64) { return -1, -1 }})
	if g.Room() != nil || g.RoomForHistory() != nil || g.Trouble() != "" {
		t.Error(g.Trouble())
	}
}

func TestTheRoomOfARealDiskIsKnown(t *testing.T) {
	t.Parallel()
	free, total := disk.Space(t.TempDir())
	if free <= 0 && total <= 0 {
		t.Errorf("%d of %d", free, total)
	}
}

func TestLimitsAreSharesOrBytes(t *testing.T) {
	t.Parallel()
	f := func(text string, want disk.Limits, problem string) {
		t.Helper()
		got, err := disk.ParseLimits(text)
		if problem == "" && (err != nil || got != want) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if problem != "" && (hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), problem)) {
			t.Errorf("%s: %v, want %q", text, err, problem)
		}
	}
	f("10%/20GB,5%/10GB,2%/4GB", disk.Standard, "")
	f("10%,5%,2%", disk.Limits{Low: disk.Limit{Share: 0.1}, Short: disk.Limit{Share: 0.05}, Out: disk.Limit{Share: 0.02}}, "")
	f("10%/1GB,5%/2GB,2%/1GB", disk.Limits{}, "largest limit")
	f("10%/x,5%,2%", disk.Limits{}, "64MB")
	f("50GB, 1.5GiB,64 kb", disk.Limits{Low: disk.Limit{Bytes: 50e9}, Short: disk.Limit{Bytes: 3 << 29}, Out: disk.Limit{Bytes: 64000}}, "")
	f("10%,5GB,0", disk.Limits{Low: disk.Limit{Share: 0.1}, Short: disk.Limit{Bytes: 5e9}}, "")
	f("0,0,0", disk.Limits{}, "")
	f("10%,5%", disk.Limits{}, "three amounts")
	f("5%,10%,2%", disk.Limits{}, "largest limit")
	f("1GB,5GB,2", disk.Limits{}, "largest limit")
	f("0,5GB,2", disk.Limits{}, "largest limit")
	f("90%,5%,2%", disk.Limits{}, "0% to 50%")
	f("many,5%,2%", disk.Limits{}, "64MB")
	f("NaN%,5%,2%", disk.Limits{}, "0% to 50%")
	f("-1,-2,-3", disk.Limits{}, "64MB")
}

// A tenth of a large disk is more than anybody has to keep free.
func TestOnALargeDiskTheSmallerLimitCounts(t *testing.T) {
	t.Parallel()
	const tera = 1_000_000_000_000
	for _, step := range []struct {
		free, total int64
		level       disk.Level
	}{{21e9, 2 * tera, disk.Ample}, {19e9, 2 * tera, disk.Low}, {9e9, 2 * tera, disk.Short}, {3e9, 2 * tera, disk.Out}, {6e9, 50e9, disk.Ample}, {4e9, 50e9, disk.Low}, {900e6, 50e9, disk.Out}} {
		g := disk.New(disk.Options{
			Dir: t.TempDir(), Limits: disk.Standard, Log: slog.New(slog.DiscardHandler),
			Space: func(string) (int64, int64) { return step.free, step.total },
		})
		if g.Level() != step.level {
			t.Errorf("%d of %d free: level %d, want %d", step.free, step.total, g.Level(), step.level)
		}
	}
}
