package bus_test

import (
	"sync"
	"testing"

	"hearth"
	"hearth/bus"
)

const (
	here  hearth.WorkspaceID = 1
	there hearth.WorkspaceID = 2
)

func TestMessagesArriveInOrderAtEverySubscriberOfTheWorkspaceAlone(t *testing.T) {
	t.Parallel()
	var topic bus.Topic[string]
	a, b, foreign := topic.Subscribe(here, 4), topic.Subscribe(here, 4), topic.Subscribe(there, 4)
	topic.Publish(here, "one")
	topic.Publish(here, "two")
	for _, s := range []*bus.Subscription[string]{a, b} {
		if first, second := <-s.C(), <-s.C(); first != "one" || second != "two" {
			t.Errorf("got %q, %q", first, second)
		}
	}
	if len(foreign.C()) != 0 {
		t.Error("a message crossed the wall between workspaces")
	}
}

func TestASlowSubscriberLosesItsOldestMessagesAndIsTold(t *testing.T) {
	t.Parallel()
	var topic bus.Topic[int]
	s := topic.Subscribe(here, 3)
	for i := range 10 {
		topic.Publish(here, i)
	}
	if s.Dropped() != 7 {
		t.Errorf("dropped %d, want 7", s.Dropped())
	}
	for want := 7; want < 10; want++ {
		if got := <-s.C(); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
}

func TestAClosedSubscriptionEndsAndTakesNothingMore(t *testing.T) {
	t.Parallel()
	var topic bus.Topic[int]
	s, other := topic.Subscribe(here, 1), topic.Subscribe(here, 1)
	s.Close()
	s.Close()
	topic.Publish(here, 1)
	if _, open := <-s.C(); open {
		t.Error("a closed subscription delivered a message")
	}
	if <-other.C() != 1 {
		t.Error("closing one subscription hurt another")
	}
	if topic.Subscribers(here) != 1 {
		t.Errorf("%d subscribers, want 1", topic.Subscribers(here))
	}
}

func TestPublishingRacesWithReadingAndClosingWithoutLoss(t *testing.T) {
	t.Parallel()
	var topic bus.Topic[int]
	const publishers, each = 4, 500
	s := topic.Subscribe(here, 8)
	var wg sync.WaitGroup
	for range publishers {
		wg.Go(func() {
			for i := range each {
				topic.Publish(here, i)
				topic.Subscribe(here, 1).Close()
			}
		})
	}
	taken := make(chan int)
	go func() {
		n := 0
		for range s.C() {
			n++
		}
		taken <- n
	}()
	wg.Wait()
	s.Close()
	if n := <-taken; int64(n)+s.Dropped() != publishers*each {
		t.Errorf("%d taken and %d dropped, want %d together", n, s.Dropped(), publishers*each)
	}
}
