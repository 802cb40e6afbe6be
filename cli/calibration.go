package cli

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"hearth/client"
)

type calibrationGroup struct {
	List calibrationList `cmd:"" help:"Show the versions, and which one is on."`
	Fit  calibrationFit  `cmd:"" help:"Make a version of what people have said by now."`
	Use  calibrationUse  `cmd:"" help:"Have a version hold for what arrives from now on."`
}

type calibrationList struct{}

func (calibrationList) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.Calibrations(s.ctx)
		if err != nil {
			return err
		}
		if len(list) == 0 && !s.json {
			s.note("Nothing was learnt yet. Judge random posts on the page of a monitor, then: hearth calibration fit")
			return nil
		}
		return s.printCalibrations(list)
	})
}

func (s *session) printCalibrations(list []client.Calibration) (err error) {
	t := &table{columns: []column{{title: "version", right: true, paint: s.style.bold}, {title: "on"}, {title: "made"}, {title: "answers", right: true}, {title: "right", right: true},
		{title: "would be", right: true}, {title: "changes", grow: true}, {title: "of the newest", right: true, paint: s.style.faint}}}
	for i := range list {
		one := &list[i]
		if s.json {
			err = cmp.Or(err, s.printLine(one))
			continue
		}
		var moves []string
		for _, m := range one.Moves {
			moves = append(moves, fmt.Sprintf("%s from %s to %s", grouped(m.Posts), m.From, m.To))
		}
		on := map[bool]string{true: "on"}[one.On]
		t.add(strconv.FormatInt(one.Version, 10), on, one.At.Format("2006-01-02 15:04"), grouped(one.Answers), grouped(one.RightBefore), grouped(one.RightAfter),
			cmp.Or(strings.Join(moves, ", "), "none"), grouped(one.Looked))
	}
	if err != nil || s.json {
		return err
	}
	return t.print(s.env.Stdout, s.out, s.style)
}

type calibrationFit struct{}

func (calibrationFit) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		one, err := api.FitCalibration(s.ctx)
		if err != nil {
			return err
		}
		if err := s.printCalibrations([]client.Calibration{one}); err != nil || s.json {
			return err
		}
		s.note("It is not on. Switch it on with: hearth calibration use " + strconv.FormatInt(one.Version, 10))
		return nil
	})
}

type calibrationUse struct {
	Version int64 `arg:"" help:"The version; 0 for the shared models alone."`
}

func (c *calibrationUse) Run(s *session) error {
	return s.with(func(api *client.Client) error { return api.SwitchCalibration(s.ctx, c.Version) })
}
