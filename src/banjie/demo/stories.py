"""What has happened in 澜江市 in the last forty working days. All of it is made up.

Days are counted from today, so that on any day some cases are due, some late, some waiting for their applicants.
Every stage a case can be in is there, and every item that ships. Nothing here is shown by its being here: each act
goes through the law, and a story that breaks it stops the founding of the city.
"""

from banjie.demo.stories_food import FOOD_STORIES
from banjie.demo.stories_shops import DRUG_STORIES, HYGIENE_STORIES, SUSPENSION_STORIES
from banjie.demo.stories_works import ROAD_STORIES, SOIL_STORIES
from banjie.demo.telling import Story

STORIES: tuple[Story, ...] = (
    *FOOD_STORIES,
    *DRUG_STORIES,
    *HYGIENE_STORIES,
    *SUSPENSION_STORIES,
    *ROAD_STORIES,
    *SOIL_STORIES,
)
"""Everything, in no order: the teller sorts by moment."""
