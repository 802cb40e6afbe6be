package quality_test

import (
	"testing"

	"hearth"
	"hearth/access"
	"hearth/quality"
)

// lead may switch what people taught.
var lead = access.Limited(here, 7, access.ReadPosts, access.ReadMonitors, access.WriteMonitors)

// calibrations of a model that finds every post a little more neutral than negative.
func (h *house) calibrations() *quality.Calibrations {
	return quality.NewCalibrations(h.options, func(p *hearth.Post) ([3]float64, bool) { return [3]float64{.4, .45, .15}, p.Text != "" })
}

func TestWhatPeopleJudgeIsLearntShownAndOnOnlyWhenSwitched(t *testing.T) {
	t.Parallel()
	h := open(t)
	ctx := t.Context()
	h.arrive(60, func(i int) hearth.Sentiment { return hearth.Neutral })
	c := h.calibrations()
	if _, err := c.Fit(ctx, lead); hearth.ErrorCode(err) != hearth.Invalid {
		t.Errorf("nothing was judged: %v", err)
	}
	check := h.start()
	for place := 1; place <= quality.Size; place++ {
		h.answer(check.ID, place, map[bool]string{true: "neutral", false: "negative"}[place <= 3])
	}
	one, err := c.Fit(ctx, lead)
	if err != nil {
		t.Fatal(err)
	}
	if one.ID != 1 || one.On || one.Answers != 20 || one.RightBefore != 3 || one.RightAfter != 17 || one.Looked != 60 {
		t.Errorf("it is %+v", one)
	}
	if len(one.Moves) != 1 || one.Moves[0] != (quality.Move{From: hearth.Neutral, To: hearth.Negative, Posts: 60}) {
		t.Errorf("it would change %+v", one.Moves)
	}
	if layer := c.Layer(ctx, here); layer != nil {
		t.Errorf("it is on before anybody switched it on: %+v", layer)
	}
	if err := c.Switch(ctx, lead, 1); err != nil {
		t.Fatal(err)
	}
	layer := c.Layer(ctx, here)
	if p := layer.Shift("en", [3]float64{.4, .45, .15}); layer == nil || p[0] <= p[1] {
		t.Errorf("switched on, it gives %v", p)
	}
	if other := c.Layer(ctx, here+1); other != nil {
		t.Error("another workspace has it too")
	}
	list, err := c.List(ctx, lead)
	if err != nil || len(list) != 1 || !list[0].On || list[0].Moves[0].Posts != 60 {
		t.Errorf("the list is %+v, %v", list, err)
	}
	// By night: nothing new was said, so nothing is made; then something is.
	if err := c.FitAll(ctx); err != nil {
		t.Fatal(err)
	}
	if list, _ := c.List(ctx, lead); len(list) != 1 {
		t.Errorf("%d versions", len(list))
	}
	if err := c.Switch(ctx, lead, 0); err != nil || c.Layer(ctx, here) != nil {
		t.Errorf("it cannot be switched off: %v", err)
	}
	if err := c.Switch(ctx, lead, 9); hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("a version that is not there: %v", err)
	}
	if err := c.Switch(ctx, ann, 1); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("somebody who may not: %v", err)
	}
}
