"""What was measured: every result is written down at once, and medians are taken over the rounds that succeeded."""
import json
import statistics


class Results:
    def __init__(self, path):
        self.path = path
        self.all = []
        open(path, 'w').close()

    def add(self, part, name, round_, numbers=None, others=None, error=None):
        result = {'part': part, 'name': name, 'round': round_, **({'error': error} if error else {}), **(numbers or {}), **({} if others is None else {'others': round(others, 2)})}
        self.all.append(result)
        with open(self.path, 'a') as file:
            file.write(json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in result.items()}) + '\n')
        return result

    def of(self, part, name=None):
        return [one for one in self.all if one['part'] == part and (name is None or one['name'] == name)]

    def names(self, part):
        return list(dict.fromkeys(one['name'] for one in self.all if one['part'] == part))

    def values(self, part, name, field='per_s'):
        return [one[field] for one in self.of(part, name) if field in one and 'error' not in one]

    def median(self, part, name, field='per_s'):
        """None: not measured, or never with success."""
        values = self.values(part, name, field)
        return statistics.median(values) if values else None

    def failed(self):
        return [one for one in self.all if 'error' in one]

    def was_tried(self, part, name):
        return any(one['name'] in (name, 'preparing') for one in self.of(part))
