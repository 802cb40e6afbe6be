package cli

import "hearth/client"

type monitorTemplate struct {
	Lang string `default:"en" placeholder:"LANG" help:"Of the names: en, de, fi or zh. The queries hear all four."`
}

func (c *monitorTemplate) Run(s *session) error {
	return s.with(func(api *client.Client) error {
		list, err := api.MonitorTemplates(s.ctx, c.Lang)
		if err != nil {
			return err
		}
		for i := range list.Industries {
			industry := &list.Industries[i]
			if s.json {
				if err := s.printLine(industry); err != nil {
					return err
				}
				continue
			}
			s.printf("%s\n", safe(industry.Title))
			for _, t := range industry.Templates {
				if err := s.printf("  %s\n    %s\n", safe(t.Name), safe(t.Query)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
